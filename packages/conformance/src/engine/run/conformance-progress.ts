import type { ConformanceReport } from "./conformance-report.js";
import type { CheckResult } from "./check-result.js";

/** What happens during a run, in order: `started`, any number of the others, `finished` last. */
export type ConformanceProgress =
  | { readonly type: "started"; readonly seed: number; readonly checks: number }
  | { readonly type: "check-started"; readonly check: string }
  /** Which case a check is trying. */
  | { readonly type: "case"; readonly check: string; readonly what: string }
  | {
      readonly type: "check-finished";
      readonly result: CheckResult;
      readonly done: number;
      readonly of: number;
      readonly secondsLeft: number;
    }
  | { readonly type: "cleaning-up" }
  /** The report, and the same as JSON text without secrets, which is what may be written down. */
  | { readonly type: "finished"; readonly report: ConformanceReport; readonly json: string };
