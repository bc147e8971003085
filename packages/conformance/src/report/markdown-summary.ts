import type { Verdict } from "../model/verdict.js";
import { protocolLink } from "./protocol-link.js";
import { setupWords } from "./setup-words.js";
import { verdictWords } from "./verdict-words.js";
import type { WrittenReport, WrittenResult } from "./written-report.js";

/** Rows of one table; a summary of a CI service is cut beyond a size. */
const MAX_ROWS = 100;

/** Writes a report as Markdown for the summary page of a CI service. */
export function markdownSummary(report: WrittenReport): string {
  const { conclusion, run, subject, suite, counts, results, leaks } = report;
  const figures = Object.entries(counts).filter(([, count]) => count > 0);
  const reds = results.filter(({ verdict }) =>
    ["fail", "error", "flaky", "unverified", "blocked"].includes(verdict.status),
  );
  const warned = results.filter(
    ({ verdict, warnings }) => verdict.status === "warn" || (verdict.status !== "fail" && warnings.length > 0),
  );
  return [
    `## ${mark(conclusion.outcome)} ${cell(conclusion.text)}`,
    "",
    `${cell(subject.name)}, ${results.length} checks in ${(run.durationMs / 1000).toFixed(1)} s: ${figures.map(([status, count]) => `${count} ${status}`).join(", ") || "none ran"}.`,
    ...conclusion.reasons.map((reason) => `- ${cell(reason)}`),
    ...table("What is red", reds, (result) => [
      result.verdict.status,
      `\`${result.check}\``,
      linkedWords(result.verdict),
    ]),
    ...table("Warnings", warned, (result) => [
      result.level,
      `\`${result.check}\``,
      result.verdict.status === "warn"
        ? linkedWords(result.verdict)
        : result.warnings.map((finding) => linkedWords({ status: "warn", ...finding })).join("; "),
    ]),
    ...(conclusion.leftOut.length === 0
      ? []
      : [
          "",
          `<details><summary>${conclusion.leftOut.length} MUST checks are not part of this run</summary>`,
          "",
          ...conclusion.leftOut.map((check) => `- \`${check}\``),
          "",
          "</details>",
        ]),
    ...(leaks.length === 0 ? [] : ["", `Left behind: ${leaks.map(cell).join(", ")}`]),
    "",
    `Seed ${run.seed}, depth ${run.depth}, access ${run.access}, suite ${suite.version} with ${suite.clauses} clauses, configuration \`${run.configuration}\`, ${run.startedAt}.${run.sandbox === undefined ? "" : ` Sandboxes: ${cell(setupWords(run.sandbox))}.`}`,
    "",
  ].join("\n");
}

function table(
  title: string,
  results: readonly WrittenResult[],
  row: (result: WrittenResult) => readonly [string, string, string],
): readonly string[] {
  if (results.length === 0) return [];
  const rows = results.slice(0, MAX_ROWS).map((result) => `| ${row(result).map(cell).join(" | ")} |`);
  return [
    "",
    `### ${title}`,
    "",
    "| | Check | What |",
    "|---|---|---|",
    ...rows,
    ...(results.length > MAX_ROWS ? [`| | | and ${results.length - MAX_ROWS} more |`] : []),
  ];
}

/** What is behind a verdict, with a link to the section that its clause comes from. */
function linkedWords(verdict: Verdict): string {
  const link = "reason" in verdict ? protocolLink(verdict.reason.clause) : undefined;
  return `${verdictWords(verdict)}${link === undefined ? "" : ` ([${link.text}](${link.url}))`}`;
}

function mark(outcome: WrittenReport["conclusion"]["outcome"]): string {
  return outcome === "conformant" ? "✅" : outcome === "not-conformant" || outcome === "harness-fault" ? "❌" : "⚠️";
}

/** Text for one cell: no line breaks, no cell borders, no tags. */
function cell(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;");
}
