import { BENCH_TRANSFER_SANDBOX_ID } from "../server/bench-server.js";
import type { Benchmark, Row } from "./benchmark.js";
import { compareRaw } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";
import { temporaryFile } from "./temporary-file.js";

const GIBIBYTE = 2 ** 30;
const WARM_UP_BYTES = 64 * 2 ** 20;
const subjects = ["official-iterator", "rxsandbox", "raw"] as const;

/** One file of 1 GiB in either direction. */
export const p8: Benchmark = {
  id: "P8",
  measurements: [
    {
      id: "P8-up",
      subjects,
      sample: async (subject, server) => {
        const file = await temporaryFile(GIBIBYTE);
        const small = await temporaryFile(WARM_UP_BYTES);
        const warmUp = { path: small.path, bytes: WARM_UP_BYTES };
        try {
          const work = { kind: "upload", path: file.path, bytes: GIBIBYTE, warmUp } as const;
          return await measureInWorker(subject, server, work, BENCH_TRANSFER_SANDBOX_ID);
        } finally {
          await Promise.all([file.remove(), small.remove()]);
        }
      },
    },
    {
      id: "P8-down",
      subjects,
      sample: (subject, server) => {
        const work = { kind: "download", bytes: GIBIBYTE, warmUp: { bytes: WARM_UP_BYTES } } as const;
        return measureInWorker(subject, server, work, BENCH_TRANSFER_SANDBOX_ID);
      },
    },
  ],
  rows: [...transferRows("P8-up", "1 GiB upload from disk", 2.8), ...transferRows("P8-down", "1 GiB download", 1.3)],
};

function transferRows(measurement: string, work: string, atLeastTimes: number): readonly Row[] {
  return [
    {
      ...compareRaw("P8", measurement, "official-iterator", "megabytesPerSecond", { metric: "cpuS", unit: "s" }),
      work,
      unit: "MB/s",
      better: "higher",
      target: { atLeastTimes },
    },
    {
      ...compareRaw("P8", measurement, "official-iterator", "rssGrowthMiB"),
      work: "same, growth of resident memory",
      unit: "MiB",
      better: "lower",
      target: { atMost: 64 },
    },
  ];
}
