import fc from "fast-check";
import type { Level } from "../../model/check.js";
import type { OracleFinding } from "../../oracles/finding.js";
import { officialExitCode, type InferableExecution } from "../../oracles/official-exit-code.js";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import type { RuleAnswer } from "../rule-port.js";

/** Judges one inferred exit code by the official rule. */
function judge(
  clause: string,
  execution: InferableExecution,
  answer: RuleAnswer | undefined,
  level: Level,
): readonly OracleFinding[] {
  const expected = officialExitCode(execution);
  const observed = answer !== undefined && "exitCode" in answer ? answer.exitCode : "refused";
  if (observed === expected) return [];
  const invariant =
    observed === "refused"
      ? "refused"
      : observed === null
        ? "code-lost"
        : expected === null
          ? "code-invented"
          : "wrong-code";
  return [{ clause, invariant, level, expected, observed }];
}

function caseOf(clause: string, execution: InferableExecution, level: Level): RuleCase {
  return { requests: [{ op: "infer", execution }], judge: ([answer]) => judge(clause, execution, answer, level) };
}

const failed = (value: string, name = "CommandExecError", traceback: readonly string[] = []): InferableExecution => ({
  error: { name, value, traceback },
  complete: null,
});
const completed = (executionTimeMs: number): InferableExecution => ({ error: null, complete: { executionTimeMs } });

/** A plain code and a plain success come first in every check: who always gives one answer passes none. */
const controls = [failed("7", "CommandExecError", ["exit status 7"]), completed(12)];

function inferCheck(
  claim: string,
  name: string,
  title: string,
  cases: fc.Arbitrary<InferableExecution>,
  level: Level = "MUST",
): RuleCheck {
  const clause = `rule.infer.${claim}`;
  return {
    id: `rule/infer/${name}`,
    title,
    clause,
    level,
    op: "infer",
    cases: cases.map((execution) => caseOf(clause, execution, level)),
    controls: controls.map((execution) => caseOf(clause, execution, level)),
  };
}

const code = fc.integer({ min: 1, max: 127 });
const anyCode = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }));
const space = fc.array(fc.constantFrom(" ", "\t", "\n"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
const word = fc.constantFrom(
  "signal: killed",
  "fork/exec /usr/bin/bash: operation not permitted",
  "KeyboardInterrupt",
  "division by zero",
  "x",
  "NaN",
  "null",
  "none",
  "Infinity",
  "true",
);
const withValue = (values: fc.Arbitrary<string>): fc.Arbitrary<InferableExecution> =>
  values.map((value) => failed(value));

/** What an inference of exit codes has to give, by the official rule alone (`execd.md` 2.4). */
export const inferChecks: readonly RuleCheck[] = [
  inferCheck("number", "number", "a decimal value is the code", withValue(code.map(String))),
  inferCheck(
    "number",
    "above-127",
    "a code above 127 stays what it is",
    withValue(fc.integer({ min: 128, max: 255 }).map(String)),
  ),
  inferCheck(
    "number",
    "large",
    "a number above 255 is not reduced",
    withValue(fc.integer({ min: 256, max: 2 ** 31 - 1 }).map(String)),
  ),
  inferCheck(
    "number",
    "negative",
    "a negative value is the code",
    withValue(fc.oneof(fc.constant(-1), fc.integer({ min: -(2 ** 31) + 1, max: -1 })).map(String)),
  ),
  inferCheck(
    "number",
    "zero",
    "the value 0 is the code 0",
    fc
      .tuple(fc.constantFrom("0", "0", "5"), fc.option(fc.nat({ max: 9999 })))
      .map(([value, time]) => ({ ...failed(value), complete: time === null ? null : { executionTimeMs: time } })),
  ),
  inferCheck(
    "number",
    "white-space",
    "white space around the value does not matter",
    withValue(fc.tuple(space, anyCode, space).map(([before, value, after]) => `${before}${value}${after}`)),
  ),
  inferCheck(
    "text",
    "space-inside",
    "digits with white space between them are no code",
    withValue(fc.tuple(code, space, code).map(([one, between, other]) => `${one}${between}${other}`)),
  ),
  inferCheck(
    "text",
    "number-and-text",
    "a number with text behind or before it is no code",
    withValue(
      fc
        .tuple(code, fc.constantFrom(" errors", "abc", "%", "-", ";"), fc.boolean())
        .map(([value, text, isFirst]) => (isFirst ? `${value}${text}` : `exit ${value}`)),
    ),
  ),
  inferCheck(
    "text",
    "other-notations",
    "numbers in other notations are no codes",
    withValue(
      fc
        .tuple(
          code,
          fc.constantFrom(
            (n: number) => `0x${n.toString(16)}`,
            (n: number) => `+${n}`,
            (n: number) => `${n}.0`,
            (n: number) => `${n}e2`,
            (n: number) => `0b1${n % 2}`,
            (n: number) => `${n},0`,
          ),
        )
        .map(([value, notation]) => notation(value)),
    ),
  ),
  inferCheck(
    "text",
    "lines",
    "a value of several lines is no code, whatever one of them is",
    withValue(
      fc
        .tuple(code, fc.constantFrom("x", "error", "exit"), fc.boolean())
        .map(([value, text, isFirst]) => (isFirst ? `${value}\n${text}` : `${text}\n${value}`)),
    ),
  ),
  inferCheck("text", "empty", "an empty or blank value is no code", withValue(fc.oneof(fc.constant(""), space))),
  inferCheck("text", "text", "an error with a text has no code", withValue(word)),
  inferCheck(
    "error-wins",
    "error-wins",
    "an error decides also when the execution is complete",
    fc
      .tuple(fc.oneof(word, code.map(String)), fc.nat({ max: 9999 }))
      .map(([value, executionTimeMs]) => ({ ...failed(value), complete: { executionTimeMs } })),
  ),
  inferCheck(
    "zero",
    "complete",
    "a completion without error is 0",
    fc.integer({ min: 1, max: 86_400_000 }).map(completed),
  ),
  inferCheck("zero", "complete-in-no-time", "a completion in 0 ms is 0 too", fc.constantFrom(0, 0, 1).map(completed)),
  inferCheck(
    "nothing",
    "nothing",
    "without error and completion there is no code",
    fc.oneof(
      fc.constant({ error: null, complete: null }),
      code.map((value) => failed(String(value))),
    ),
  ),
  inferCheck(
    "number",
    "name",
    "the name of the error does not matter",
    fc
      .tuple(fc.constantFrom("", "3", "NameError", "Timeout", "CommandExecError"), fc.oneof(code.map(String), word))
      .map(([name, value]) => failed(value, name)),
  ),
  inferCheck(
    "number",
    "traceback",
    "the traceback does not matter",
    fc
      .tuple(
        fc.array(fc.constantFrom("exit status 9", "signal: killed", "4", ""), { maxLength: 3 }),
        fc.oneof(code.map(String), word),
      )
      .map(([traceback, value]) => failed(value, "CommandExecError", traceback)),
  ),
  inferCheck(
    "open-readings",
    "leading-zeros",
    "leading zeros and -0 are read somehow",
    withValue(
      fc.oneof(
        code.map((value) => `00${value}`),
        fc.constant("-0"),
      ),
    ),
    "INFO",
  ),
  inferCheck(
    "open-readings",
    "huge",
    "numbers beyond 2^31 are read somehow",
    withValue(fc.oneof(fc.bigInt({ min: 2n ** 31n, max: 2n ** 80n }).map(String), fc.constant("9".repeat(400)))),
    "INFO",
  ),
  inferCheck(
    "open-readings",
    "other-digits",
    "digits and white space beyond ASCII are read somehow",
    withValue(fc.constantFrom("３", "٣", "\u00a03", "3\u2003", "\ufeff3")),
    "INFO",
  ),
];
