import type { JudgedRow } from "./judge-row.js";

/** How many targets were met, and the rows of those that were not. */
export function formatSummary(judged: readonly JudgedRow[]): string {
  const withTarget = judged.filter(({ passed }) => passed !== undefined);
  const missed = withTarget.filter(({ passed }) => passed === false);
  const met = `${withTarget.length - missed.length} of ${withTarget.length} targets met`;
  return missed.length === 0 ? met : `${met}; missed: ${missed.map(({ row }) => `${row.id} (${row.work})`).join("; ")}`;
}
