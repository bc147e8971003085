import { reasonText } from "../model/reason-code.js";
import { protocolLink } from "./protocol-link.js";
import { verdictWords } from "./verdict-words.js";
import type { WrittenReport, WrittenResult } from "./written-report.js";

/**
 * Writes a report as JUnit XML: a suite per group, a case per check.
 *
 * `fail` is a `<failure>`; whatever could not be verified (`unverified`, `blocked`, `flaky`, `error`) is an `<error>`
 * and never `<skipped>`; only a capability that is absent is skipped. Warnings are in the output of a passed case.
 */
export function junitXml(report: WrittenReport): string {
  const groups = [...new Set(report.results.map(({ group }) => group))];
  const suites = groups.map((group) =>
    suiteXml(
      group,
      report.results.filter((result) => result.group === group),
    ),
  );
  const totals = figures(report.results);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="OpenSandbox conformance" ${totals} time="${seconds(report.run.durationMs)}">\n${suites.join("")}</testsuites>\n`;
}

function suiteXml(group: string, results: readonly WrittenResult[]): string {
  const time = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return `  <testsuite name="${xml(group)}" ${figures(results)} time="${seconds(time)}">\n${results.map(caseXml).join("")}  </testsuite>\n`;
}

function caseXml(result: WrittenResult): string {
  const slash = result.check.lastIndexOf("/");
  const opening = `    <testcase classname="${xml(result.check.slice(0, slash).replaceAll("/", "."))}" name="${xml(result.check.slice(slash + 1))}" time="${seconds(result.durationMs)}"`;
  const inner = [outcomeXml(result), outputXml(result)].filter((part) => part !== "");
  return inner.length === 0 ? `${opening}/>\n` : `${opening}>\n${inner.join("")}    </testcase>\n`;
}

function outcomeXml({ verdict, title }: WrittenResult): string {
  const message = xml(verdictWords(verdict));
  switch (verdict.status) {
    case "pass":
    case "warn":
    case "info":
      return "";
    case "fail":
      return `      <failure type="${xml(reasonText(verdict.reason))}" message="${message}">${xml(`${title}\nexpected ${JSON.stringify(verdict.expected)}\nobserved ${JSON.stringify(verdict.observed)}${see(verdict.reason.clause)}`)}</failure>\n`;
    case "not-applicable":
      return `      <skipped message="${message}"/>\n`;
    case "unverified":
    case "blocked":
    case "flaky":
    case "error":
      return `      <error type="${verdict.status}" message="${message}">${xml(`${title}${"reason" in verdict ? see(verdict.reason.clause) : ""}`)}</error>\n`;
  }
}

function outputXml({ verdict, warnings }: WrittenResult): string {
  const lines = [
    ...(verdict.status === "warn" || verdict.status === "info"
      ? [`${verdict.status} ${verdictWords(verdict)}${see(verdict.reason.clause)}`]
      : []),
    ...warnings.map((finding) => `warn ${verdictWords({ status: "warn", ...finding })}${see(finding.reason.clause)}`),
  ];
  return lines.length === 0 ? "" : `      <system-out>${xml(lines.join("\n"))}</system-out>\n`;
}

/** A line that says where a clause comes from; empty for an unknown clause. */
function see(clause: string): string {
  const link = protocolLink(clause);
  return link === undefined ? "" : `\nsee ${link.url}`;
}

function figures(results: readonly WrittenResult[]): string {
  const count = (...statuses: readonly string[]): number =>
    results.filter(({ verdict }) => statuses.includes(verdict.status)).length;
  return `tests="${results.length}" failures="${count("fail")}" errors="${count("unverified", "blocked", "flaky", "error")}" skipped="${count("not-applicable")}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Escapes text for XML 1.0, which cannot hold most control characters and lone surrogates even escaped. */
function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
  };
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}
