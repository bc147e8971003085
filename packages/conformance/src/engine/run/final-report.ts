import { lastValueFrom } from "rxjs";
import type { ConformanceReport } from "./conformance-report.js";
import type { Subject } from "../../model/subject.js";
import type { ConformanceOptions } from "./conformance-options.js";
import { runConformance } from "./run-conformance.js";

/** Runs the checks against a subject and gives the report alone. Rejects only where none could be made. */
export async function finalReport(subject: Subject, options: ConformanceOptions): Promise<ConformanceReport> {
  const last = await lastValueFrom(runConformance(subject, options));
  if (last.type !== "finished") throw new Error("a run ends in its report");
  return last.report;
}
