import type { Benchmark } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** A thousand streams that stay open, each with one event per second. */
export const p6: Benchmark = {
  id: "P6",
  measurements: [
    {
      id: "P6",
      subjects: ["official-iterator", "rxsandbox"],
      sample: (subject, server) =>
        measureInWorker(subject, server, {
          kind: "open-streams",
          command: { kind: "tick", everyMs: 1000 },
          streams: 1000,
          settleMs: 3000,
          durationMs: 5000,
        }),
    },
  ],
  rows: [
    {
      ...compare("P6", "P6", "official-iterator", "kibPerStream"),
      work: "1,000 open streams, 1 event/s each: resident memory per stream",
      unit: "KiB",
      better: "lower",
      // At most 0.15 times the memory.
      target: { atLeastTimes: 1 / 0.15 },
    },
    {
      ...compare("P6", "P6", "official-iterator", "heapKibPerStream"),
      work: "same, heap per stream after a collection",
      unit: "KiB",
      better: "lower",
    },
    {
      ...compare("P6", "P6", "official-iterator", "cpuPercent"),
      work: "same, CPU",
      unit: "% of a core",
      better: "lower",
      // At most 0.55 times the CPU.
      target: { atLeastTimes: 1 / 0.55 },
    },
  ],
};
