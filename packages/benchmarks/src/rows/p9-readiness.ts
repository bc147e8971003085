import type { Benchmark, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** Sandboxes that become ready while clients wait for them. The server knows when, and sees every probe. */
export const p9: Benchmark = {
  id: "P9",
  measurements: [
    waiting("P9-loss", { waiters: 200, earliestMs: 1000, latestMs: 6000 }),
    // At the longest pause between two probes, which waiters reach after 20 s.
    waiting("P9-rate", { waiters: 1000, earliestMs: 26_000, latestMs: 26_000 }),
  ],
  rows: [
    {
      ...compare("P9", "P9-loss", "official-iterator", "lostPercent"),
      work: "ready after 1 to 6 s: time lost, of the waiting time",
      unit: "%",
      better: "lower",
      target: { atMost: 10 },
    },
    {
      ...compare("P9", "P9-loss", "official-iterator", "probesPerSandbox"),
      work: "same, probes of each sandbox",
      unit: "probes",
      better: "lower",
    },
    {
      ...compare("P9", "P9-rate", "official-iterator", "probesPerSecond"),
      work: "1,000 sandboxes that are not ready for 20 s",
      unit: "probes/s",
      better: "lower",
      target: { atMost: 250 },
    },
  ],
};

function waiting(
  id: string,
  plan: { readonly waiters: number; readonly earliestMs: number; readonly latestMs: number },
): Measurement {
  return {
    id,
    subjects: ["official-iterator", "rxsandbox"],
    sample: async (subject, server) => {
      await server.resetStats();
      const sample = await measureInWorker(subject, server, { kind: "readiness", ...plan });
      const { found, lostShare, probes, probesInLastSeconds } = (await server.stats()).late;
      if (found !== plan.waiters) throw new Error(`${found} of ${plan.waiters} sandboxes were found ready`);
      return {
        ...sample,
        lostPercent: lostShare * 100,
        probesPerSandbox: probes / plan.waiters,
        probesPerSecond: probesInLastSeconds / LAST_SECONDS,
      };
    },
  };
}

const LAST_SECONDS = 5;
