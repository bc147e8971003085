import type { SubjectName } from "../worker/subject.js";
import type { Benchmark, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** Memory while events pass a consumer that keeps nothing. */
export const p11: Benchmark = {
  id: "P11",
  measurements: [
    passing("P11", ["official-handlers", "rxsandbox"], 610),
    passing("P11-default", ["official-accumulating", "rxsandbox"], 64),
  ],
  rows: [
    {
      ...compare("P11", "P11", "official-handlers", "heapGrowthMiB"),
      work: "10 million events, nothing kept (official: skipAccumulation): growth of the heap",
      unit: "MiB",
      better: "lower",
      target: { atMost: 2 },
    },
    {
      ...compare("P11", "P11", "official-handlers", "rssGrowthMiB"),
      work: "same, growth of resident memory",
      unit: "MiB",
      better: "lower",
      target: { atMost: 16 },
    },
    {
      ...compare("P11", "P11-default", "official-accumulating", "rssGrowthMiB"),
      work: "1 million events (official: default): growth of resident memory",
      unit: "MiB",
      better: "lower",
      target: { atMost: 16 },
    },
  ],
};

function passing(id: string, subjects: readonly SubjectName[], blocks: number): Measurement {
  const command = { kind: "stream", framing: "bare", chunking: "64KiB", blocks } as const;
  return {
    id,
    subjects,
    // The warm-up is as long as the young generation needs to reach its full size.
    sample: (subject, server) =>
      measureInWorker(subject, server, { kind: "memory", command, warmUp: { ...command, blocks: 32 } }),
  };
}
