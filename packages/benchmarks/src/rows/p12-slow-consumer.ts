import type { Benchmark } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** A consumer that needs a millisecond for each event of a stream that offers a million. */
export const p12: Benchmark = {
  id: "P12",
  measurements: [
    {
      id: "P12",
      subjects: ["official-iterator", "rxsandbox"],
      sample: (subject, server) =>
        measureInWorker(subject, server, {
          kind: "slow-consumer",
          command: { kind: "stream", framing: "bare", chunking: "64KiB", blocks: 64 },
          eventMs: 1,
          durationMs: 8000,
        }),
    },
  ],
  rows: [
    {
      ...compare("P12", "P12", "official-iterator", "rssGrowthMiB", { metric: "cpuMs", unit: "ms" }),
      work: "1 ms per event, 1 million offered, for 8 s: growth of resident memory",
      unit: "MiB",
      better: "lower",
      target: { atMost: 40 },
    },
    {
      ...compare("P12", "P12", "official-iterator", "heapGrowthMiB"),
      work: "same, growth of the heap after collection: what was read ahead",
      unit: "MiB",
      better: "lower",
      target: { atMost: 4 },
    },
  ],
};
