import { alignTable } from "../table/align-table.js";
import type { Exclusion } from "./exclusions.js";

/** How one scenario went for one subject one way. */
export interface Outcome {
  readonly number: number;
  readonly name: string;
  readonly subject: string;
  readonly access: "direct" | "proxy";
  readonly ms: number;
  /** What differed; absent when it passed. */
  readonly failure?: string;
}

/**
 * Behaviour by subject and way, then what failed and what is left out. A subject without a scenario of that number has
 * a dash.
 */
export function formatOutcomes(outcomes: readonly Outcome[], exclusions: readonly Exclusion[]): string {
  const columns = distinct(outcomes.map(({ subject, access }) => `${subject} ${access}`));
  const numbers = distinct(outcomes.map(({ number }) => number)).sort((a, b) => a - b);
  const rows = numbers.map((number) => {
    const found = outcomes.filter((outcome) => outcome.number === number);
    const cells = columns.map((column) => {
      const outcome = found.find(({ subject, access }) => `${subject} ${access}` === column);
      return outcome === undefined ? "-" : outcome.failure === undefined ? "pass" : "FAIL";
    });
    return [String(number), found[0]?.name ?? "", ...cells];
  });
  const failed = outcomes.flatMap(({ number, subject, access, failure }) =>
    failure === undefined ? [] : [`${number} ${subject} ${access}: ${failure}`],
  );
  const passed = outcomes.length - failed.length;
  return [
    alignTable([["#", "Behaviour", ...columns], ...rows]),
    ...failed.map((line) => `\nFAIL ${line}`),
    `\n${passed} passed, ${failed.length} failed`,
    ...exclusions.map(({ number, what, reason }) => `not covered: ${number}, ${what}: ${reason}`),
  ].join("\n");
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
