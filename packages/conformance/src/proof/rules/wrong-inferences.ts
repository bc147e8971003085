import { officialExitCode, type InferableExecution } from "../../oracles/official-exit-code.js";
import type { WrongRule } from "./wrong-rule.js";

type Infer = (execution: InferableExecution) => number | null;

const numeric = /^\s*-?\d+\s*$/;

/** The official rule with another reading of the error's value. */
function reads(value: (text: string) => string): Infer {
  return ({ error, complete }) =>
    officialExitCode({ error: error === null ? null : { ...error, value: value(error.value) }, complete });
}

/** The official rule with another result. */
function gives(change: (code: number | null, execution: InferableExecution) => number | null): Infer {
  return (execution) => change(officialExitCode(execution), execution);
}

/** An answer is kept by what was asked, but for whether it was complete. */
function remembers(): Infer {
  const known = new Map<string, number | null>();
  return (execution) => {
    const key = `${execution.error?.value} ${execution.error?.name} ${JSON.stringify(execution.error?.traceback)}`;
    const code = known.has(key) && execution.error !== null ? (known.get(key) ?? null) : officialExitCode(execution);
    // The 40th answer is wrong from its second time on.
    known.set(key, known.size % 40 === 39 ? (code ?? 0) + 1 : code);
    return code;
  };
}

const rule = (id: string, title: string, check: string, infer: Infer, isConditional = false): WrongRule => ({
  id: `infer/${id}`,
  title,
  ...(isConditional ? { isConditional } : {}),
  fails: `rule/infer/${check}`,
  rules: { infer },
});

/** Inferences of exit codes with one fault each. */
export const wrongInferences: readonly WrongRule[] = [
  rule(
    "two-digits",
    "reads two digits",
    "number",
    reads((text) => (numeric.test(text) ? text.trim().slice(0, 2) : text)),
    true,
  ),
  rule(
    "signed-byte",
    "takes a code above 127 for negative",
    "above-127",
    gives((code) => (code !== null && code > 127 && code < 256 ? code - 256 : code)),
    true,
  ),
  rule(
    "modulo-256",
    "reduces codes to a byte",
    "large",
    gives((code) => (code === null ? null : code % 256)),
    true,
  ),
  rule(
    "no-sign",
    "knows digits only",
    "negative",
    reads((text) => (text.includes("-") ? "x" : text)),
  ),
  rule(
    "zero-is-nothing",
    "takes the code 0 of an error for none",
    "zero",
    gives((code, { error }) => (error === null ? code : code || null)),
  ),
  rule(
    "no-trim",
    "does not trim",
    "white-space",
    reads((text) => (text === text.trim() ? text : "x")),
  ),
  rule(
    "joins-digits",
    "leaves all white space out",
    "space-inside",
    reads((text) => text.replace(/\s/g, "")),
  ),
  rule(
    "digits-in-front",
    "reads the digits in front",
    "number-and-text",
    reads((text) => /^\s*-?\d+/.exec(text)?.[0] ?? text),
  ),
  rule(
    "any-notation",
    "reads numbers as the language does",
    "other-notations",
    reads((text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? String(Math.trunc(Number(text))) : text)),
  ),
  rule(
    "any-line",
    "matches any line of the value",
    "lines",
    reads((text) => /^-?\d+$/m.exec(text.trim())?.[0] ?? text),
  ),
  rule(
    "empty-is-zero",
    "takes an empty value for 0",
    "empty",
    reads((text) => (text.trim() === "" ? "0" : text)),
  ),
  rule(
    "text-is-one",
    "takes any other error for 1",
    "text",
    reads((text) => (/^[a-z].*[a-z]$/i.test(text) || text === "x" ? "1" : text)),
  ),
  rule(
    "complete-wins",
    "is 0 whenever the execution is complete",
    "error-wins",
    gives((code, { complete }) => (complete === null ? code : 0)),
    true,
  ),
  rule(
    "an-hour-is-too-long",
    "takes a completion after an hour for none",
    "complete",
    gives((code, { error, complete }) =>
      error === null && (complete?.executionTimeMs ?? 0) > 3_600_000 ? null : code,
    ),
    true,
  ),
  rule(
    "no-time-is-no-completion",
    "takes a completion in 0 ms for none",
    "complete-in-no-time",
    gives((code, { error, complete }) => (error === null && complete?.executionTimeMs === 0 ? null : code)),
    true,
  ),
  rule(
    "nothing-is-zero",
    "is 0 when nothing came",
    "nothing",
    gives((code, { error }) => (error === null ? 0 : code)),
    true,
  ),
  rule(
    "named-errors-only",
    "reads codes of CommandExecError only",
    "name",
    gives((code, { error }) => (error === null || error.name === "CommandExecError" ? code : null)),
    true,
  ),
  rule(
    "traceback-first",
    "reads the code in the traceback",
    "traceback",
    gives((code, { error }) => {
      const found = error?.traceback
        .map((line) => /^exit status (\d+)$/.exec(line)?.[1])
        .find((digits) => digits !== undefined);
      return found === undefined ? code : Number(found);
    }),
  ),
  {
    id: "infer/remembers",
    title: "keeps answers, one of 40 wrongly",
    isConditional: true,
    fails: "rule/infer/stateless",
    get rules() {
      return { infer: remembers() };
    },
  },
];
