import { reasonText } from "../model/reason-code.js";
import type { Verdict } from "../model/verdict.js";

/** What is behind a verdict, on one line without its status; empty for a pass. */
export function verdictWords(verdict: Verdict): string {
  if ("reason" in verdict) {
    const times = verdict.times === undefined ? "" : ` (${verdict.times.hits} of ${verdict.times.of})`;
    return `${reasonText(verdict.reason)}${times}: expected ${shortValue(verdict.expected)}, observed ${shortValue(verdict.observed)}`;
  }
  switch (verdict.status) {
    case "not-applicable":
      return `${verdict.capability} is absent: ${verdict.absence}`;
    case "unverified":
      return verdict.because;
    case "blocked":
      return `blocked by ${verdict.by}`;
    case "error":
      return verdict.message.split("\n")[0] ?? "";
    case "pass":
      return "";
  }
}

/** A value as JSON of at most 160 characters. */
export function shortValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
