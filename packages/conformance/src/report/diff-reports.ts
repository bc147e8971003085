import type { WrittenReport, WrittenResult } from "./written-report.js";
import { verdictWords } from "./verdict-words.js";

/** One check whose verdict is another in the newer report. */
export interface ReportChange {
  readonly check: string;
  /** `status` and reason; `undefined` where the check did not run. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs between two reports. */
export interface ReportDiff {
  /** Fail or error now, and did not before, or for another reason. */
  readonly regressions: readonly ReportChange[];
  /** Failed before and passes now. */
  readonly fixed: readonly ReportChange[];
  /** Any other difference, checks included that only one of the reports has. */
  readonly changed: readonly ReportChange[];
  /** Why the two are hard to compare: another depth, access path or configuration. */
  readonly caveats: readonly string[];
}

/** Compares two reports check by check. */
export function diffReports(older: WrittenReport, newer: WrittenReport): ReportDiff {
  const before = new Map(older.results.map((result) => [result.check, result]));
  const after = new Map(newer.results.map((result) => [result.check, result]));
  const regressions: ReportChange[] = [];
  const fixed: ReportChange[] = [];
  const changed: ReportChange[] = [];
  for (const check of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(check), after.get(check)];
    const change = { check, before: verdictKey(was), after: verdictKey(is) };
    if (change.before === change.after) continue;
    if (isRed(is)) regressions.push(change);
    else if (isRed(was) && is?.verdict.status === "pass") fixed.push(change);
    else changed.push(change);
  }
  return { regressions, fixed, changed, caveats: caveatsOf(older, newer) };
}

/** Writes a difference as lines for people. */
export function diffText({ regressions, fixed, changed, caveats }: ReportDiff): string {
  const block = (title: string, changes: readonly ReportChange[]): readonly string[] =>
    changes.length === 0
      ? []
      : [
          `${title} (${changes.length})`,
          ...changes.map(({ check, before = "not run", after = "not run" }) => `  ${check}\n    ${before} -> ${after}`),
        ];
  const lines = [
    ...caveats.map((caveat) => `note: ${caveat}`),
    ...block("regressions", regressions),
    ...block("fixed", fixed),
    ...block("changed", changed),
  ];
  return `${(regressions.length + fixed.length + changed.length === 0 ? [...lines, "no difference"] : lines).join("\n")}\n`;
}

/** A verdict in a form that two runs share: counts of a rare fault and observed values differ from run to run. */
function verdictKey(result: WrittenResult | undefined): string | undefined {
  if (result === undefined) return undefined;
  const { verdict } = result;
  if ("reason" in verdict) return `${verdict.status} ${verdict.reason.clause}/${verdict.reason.invariant}`;
  return verdict.status === "pass"
    ? "pass"
    : `${verdict.status} ${verdict.status === "error" ? "" : verdictWords(verdict)}`.trim();
}

function isRed(result: WrittenResult | undefined): boolean {
  return result?.verdict.status === "fail" || result?.verdict.status === "error";
}

function caveatsOf(older: WrittenReport, newer: WrittenReport): readonly string[] {
  const differs = (what: string, a: unknown, b: unknown): readonly string[] =>
    a === b ? [] : [`${what} ${String(a)} -> ${String(b)}`];
  return [
    ...differs("suite", older.suite.version, newer.suite.version),
    ...differs("depth", older.run.depth, newer.run.depth),
    ...differs("access path", older.run.access, newer.run.access),
    ...differs("filter", older.run.filter ?? "none", newer.run.filter ?? "none"),
  ];
}
