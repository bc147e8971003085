import { reasonText } from "./reason-code.js";
import type { Verdict } from "./verdict.js";

/**
 * The comparable part of a verdict in one line: status, and the reason where there is one; nothing of what was
 * observed.
 */
export function verdictText(verdict: Verdict): string {
  return "reason" in verdict ? `${verdict.status} ${reasonText(verdict.reason)}` : verdict.status;
}
