import type { Check } from "../../model/check.js";
import type { ConformanceReport } from "../../engine/run/conformance-report.js";
import { finalReport } from "../../engine/run/final-report.js";
import { type NullServer, startNullServer } from "./null-servers.js";

/**
 * Runs the checks against a null server, without asking for its health: as a lifecycle server, then by bare addresses.
 */
export async function judgeNullServer(
  nothing: NullServer,
  checks: readonly Check[],
  seed: number,
): Promise<readonly ConformanceReport[]> {
  const { subjects, close } = await startNullServer(nothing);
  try {
    const reports: ConformanceReport[] = [];
    for (const subject of subjects) {
      reports.push(await finalReport(subject, { checks, depth: "quick", seed, hasHealthGate: false, concurrency: 64 }));
    }
    return reports;
  } finally {
    await close();
  }
}

/** MUST checks that passed: a null server has none. */
export function passedMusts(reports: readonly ConformanceReport[]): readonly string[] {
  return reports.flatMap(({ results }) =>
    results.filter(({ level, verdict }) => level === "MUST" && verdict.status === "pass").map(({ check }) => check),
  );
}
