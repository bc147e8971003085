import { basename } from "node:path";
import { type CheckResult, type ConformanceReport, reasonText } from "@rxsandbox/conformance";

const MARKS: Readonly<Record<CheckResult["verdict"]["status"], string>> = {
  pass: "pass",
  fail: "FAIL",
  warn: "warn",
  info: "info",
  flaky: "FLAKY",
  "not-applicable": "n/a",
  unverified: "UNVERIFIED",
  blocked: "BLOCKED",
  error: "ERROR",
};

/** Reproducers that are named; the rest is in the same directory. */
const MAX_CASES = 5;

/**
 * What a person reads at the end of a run: everything that is not a pass, the counts, the conclusion, and where the
 * reports are.
 */
export function conclusionText(report: ConformanceReport, paths: readonly string[]): string {
  const { results, counts, conclusion, leaks, run } = report;
  const cases = paths.filter((path) => path.endsWith("case.json"));
  const notable = results
    .filter(({ verdict }) => verdict.status !== "pass" && verdict.status !== "not-applicable")
    .map((result) => lineOf(result, report));
  const figures = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    ...notable,
    `${results.length} checks in ${(run.durationMs / 1000).toFixed(1)} s: ${figures.map(([status, count]) => `${count} ${status}`).join(", ")}`,
    ...conclusion.reasons.map((reason) => `  ${reason}`),
    ...(leaks.length === 0 ? [] : [`  not deleted: ${leaks.join(", ")}`]),
    ...(conclusion.leftOut.length === 0 ? [] : [`  ${conclusion.leftOut.length} MUST checks are not part of this run`]),
    conclusion.text,
    ...paths.slice(0, 1).map((path) => `Report: ${path}`),
    ...(paths.length > 1
      ? [
          `Also there: ${paths
            .slice(1)
            .filter((path) => !path.endsWith("case.json") && !path.endsWith("repro.sh"))
            .map((path) => basename(path))
            .join(", ")}`,
        ]
      : []),
    ...cases.slice(0, MAX_CASES).map((path) => `Replay: rxsandbox conformance replay ${path}`),
    ...(cases.length > MAX_CASES ? [`        and ${cases.length - MAX_CASES} more cases`] : []),
    "",
  ].join("\n");
}

function lineOf({ check, verdict }: CheckResult, { blamed }: ConformanceReport): string {
  const what =
    "reason" in verdict
      ? `${reasonText(verdict.reason)}: expected ${short(verdict.expected)}, observed ${short(verdict.observed)}`
      : "because" in verdict
        ? verdict.because
        : "by" in verdict
          ? verdict.by
          : "message" in verdict
            ? (verdict.message.split("\n")[0] ?? "")
            : "";
  const times = "times" in verdict && verdict.times !== undefined ? ` ${verdict.times.hits}/${verdict.times.of}` : "";
  const isBinding = verdict.status === "fail" || verdict.status === "flaky" || verdict.status === "warn";
  const url = isBinding ? blamed[verdict.reason.clause]?.url : undefined;
  const lines = [
    `${MARKS[verdict.status].padEnd(10)} ${check}${times}`,
    what,
    ...(url === undefined ? [] : [`see ${url}`]),
  ];
  return lines.join("\n           ");
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
