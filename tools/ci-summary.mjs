// @ts-check
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, testResults?: { status:
 * string, assertionResults: unknown[] }[] }} TestReport
 * @typedef {{ passed: number, failed: number }} Counts
 */

/**
 * Adds up vitest's own report and those of the other parts. A part that left no report has failed once; so has a test
 * file that could not be loaded.
 * @param {TestReport | undefined} tests
 * @param {readonly (Counts | undefined)[]} parts
 * @returns {Counts & { isGreen: boolean }}
 */
export function summarize(tests, parts) {
  const unloadable =
    tests?.testResults?.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
      .length ?? 0;
  const passed = parts.reduce((sum, part) => sum + (part?.passed ?? 0), tests?.numPassedTests ?? 0);
  const failed = parts.reduce(
    (sum, part) => sum + (part?.failed ?? 1),
    tests === undefined ? 1 : tests.numFailedTests + unloadable,
  );
  return { passed, failed, isGreen: failed === 0 && (tests?.numPassedTests ?? 0) > 0 };
}

/**
 * Reads the report of a part, which may be one of vitest too. A run without a single test has failed.
 * @param {TestReport | Counts | undefined} report
 * @returns {Counts | undefined}
 */
export function countsOf(report) {
  if (report === undefined || !("numPassedTests" in report)) return report;
  const { passed, failed, isGreen } = summarize(report, []);
  return { passed, failed: failed === 0 && !isGreen ? 1 : failed };
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [tests = "", ...rest] = process.argv.slice(2);
  const statuses = rest.filter((argument) => /^\d+$/.test(argument));
  const { passed, failed, isGreen } = summarize(
    readJson(tests),
    rest.filter((argument) => !statuses.includes(argument)).map((path) => countsOf(readJson(path))),
  );
  // A command that failed although its report is green (a crash at the end, an unhandled error) counts too.
  const silent = failed === 0 && statuses.some((status) => status !== "0") ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed + silent} failed\n`);
  process.exitCode = isGreen && silent === 0 ? 0 : 1;
}
