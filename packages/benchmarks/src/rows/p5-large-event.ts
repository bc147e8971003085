import type { SubjectName } from "../worker/subject.js";
import type { Benchmark, Measurement } from "./benchmark.js";
import { compareRaw } from "./compare.js";
import { measureEvents } from "./measure-in-worker.js";

const perCommand = { metric: "cpuMs", unit: "ms" };

/** One event of 16 MiB, and of 64 MiB for this client alone, which has to be linear. */
export const p5: Benchmark = {
  id: "P5",
  measurements: [
    large("P5", ["official-iterator", "rxsandbox", "raw"], 16),
    large("P5-64MiB", ["rxsandbox", "raw"], 64),
  ],
  rows: [
    {
      ...compareRaw("P5", "P5", "official-iterator", "ms", perCommand),
      work: "one 16 MiB event in 4 KiB chunks",
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 40 },
    },
    {
      ...compareRaw("P5", "P5-64MiB", "rxsandbox", "ms", perCommand),
      reference: { measurement: "P5", subject: "rxsandbox", metric: "ms", cpu: perCommand },
      work: "linear: ours at 16 MiB against ours at 64 MiB",
      unit: "ms",
      better: "lower",
      // Four times the size in at most five times the time.
      target: { atLeastTimes: 1 / 5 },
    },
  ],
};

function large(id: string, subjects: readonly SubjectName[], mebibytes: number): Measurement {
  return measureEvents(id, subjects, {
    command: { kind: "large", bytes: mebibytes * 2 ** 20, chunkBytes: 4096 },
    warmUp: { kind: "large", bytes: 2 ** 20, chunkBytes: 4096 },
    events: 3,
  });
}
