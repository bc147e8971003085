import { FLEET_SIZE } from "../server/fleet.js";
import type { Benchmark, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

const LIST_PAGES = 5;

/** A fleet of 1,000 sandboxes, watched by one client. */
export const p10: Benchmark = {
  id: "P10",
  measurements: [watching("P10", 1), watching("P10-three", 3)],
  rows: [
    {
      ...compare("P10", "P10", "official-iterator", "requestsPerTick", { metric: "cpuMsPerTick", unit: "ms" }),
      work: "1,000 watched sandboxes, one watcher each: requests per tick",
      unit: "requests",
      better: "lower",
      target: { atMost: LIST_PAGES },
    },
    {
      ...compare("P10", "P10-three", "official-iterator", "requestsPerTick", { metric: "cpuMsPerTick", unit: "ms" }),
      work: "same, three watchers each",
      unit: "requests",
      better: "lower",
      target: { atMost: LIST_PAGES },
    },
    {
      ...compare("P10", "P10-three", "official-iterator", "bytesPerWatcher"),
      work: "same, heap per watcher",
      unit: "bytes",
      better: "lower",
    },
  ],
};

function watching(id: string, watchersPerSandbox: number): Measurement {
  return {
    id,
    subjects: ["official-iterator", "rxsandbox"],
    sample: async (subject, server) => {
      await server.resetStats();
      const { cpuMs = 0, ...sample } = await measureInWorker(subject, server, {
        kind: "watch",
        sandboxes: FLEET_SIZE,
        watchersPerSandbox,
        periodMs: 5000,
        settleMs: 3000,
        durationMs: 12_000,
      });
      const { requestsPerRound } = (await server.stats()).fleet;
      return {
        ...sample,
        requestsPerTick: Math.max(...requestsPerRound),
        cpuMsPerTick: cpuMs / requestsPerRound.length,
      };
    },
  };
}
