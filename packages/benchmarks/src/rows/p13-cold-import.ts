import { runColdConnect, runColdImport } from "../cold-import/run-cold-import.js";
import type { SubjectName } from "../worker/subject.js";
import type { Benchmark } from "./benchmark.js";
import { compare } from "./compare.js";

/** The first import of a client in a fresh Node process. */
export const p13: Benchmark = {
  id: "P13",
  measurements: [
    {
      id: "P13",
      subjects: ["official-iterator", "rxsandbox"],
      sample: (subject) => runColdImport(clientOf(subject)),
    },
    {
      id: "P13-connect",
      subjects: ["official-iterator", "rxsandbox"],
      sample: (subject, { domain }) => runColdConnect(clientOf(subject), domain),
    },
  ],
  rows: [
    {
      ...compare("P13", "P13", "official-iterator", "ms", { metric: "cpuMs", unit: "ms" }),
      work: "first import in a fresh process",
      unit: "ms",
      better: "lower",
      // At most 0.7 times the time.
      target: { atLeastTimes: 1 / 0.7 },
    },
    {
      ...compare("P13", "P13", "official-iterator", "rssGrowthMiB"),
      work: "same, growth of resident memory",
      unit: "MiB",
      better: "lower",
    },
    {
      ...compare("P13", "P13-connect", "official-iterator", "ms", { metric: "cpuMs", unit: "ms" }),
      work: "same, and connect to a sandbox",
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 1 / 0.7 },
    },
  ],
};

function clientOf(subject: SubjectName): "official" | "rxsandbox" {
  return subject === "rxsandbox" ? "rxsandbox" : "official";
}
