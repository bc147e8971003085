import { report, type Rule } from "./validation-rule.js";

/** Limits of a {@link text}. */
export interface TextLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

/** A string within limits. */
export function text(limits: TextLimits = {}): Rule<string> {
  const expression = limits.pattern === undefined ? undefined : new RegExp(limits.pattern, "u");
  return (value, location, issues) => {
    if (typeof value !== "string")
      return report(issues, "string_type", location, "Input should be a valid string", value);
    if (limits.maximum !== undefined && [...value].length > limits.maximum) {
      return report(
        issues,
        "string_too_long",
        location,
        `String should have at most ${characters(limits.maximum)}`,
        value,
        { max_length: limits.maximum },
      );
    }
    if (limits.minimum !== undefined && [...value].length < limits.minimum) {
      return report(
        issues,
        "string_too_short",
        location,
        `String should have at least ${characters(limits.minimum)}`,
        value,
        { min_length: limits.minimum },
      );
    }
    if (expression !== undefined && !expression.test(value)) {
      return report(
        issues,
        "string_pattern_mismatch",
        location,
        `String should match pattern '${limits.pattern}'`,
        value,
        { pattern: limits.pattern },
      );
    }
    return value;
  };
}

/** One of a few strings. */
export function oneOf<T extends string>(...choices: readonly T[]): Rule<T> {
  const expected = choices.map((choice) => `'${choice}'`).join(" or ");
  return (value, location, issues) =>
    choices.includes(value as T)
      ? (value as T)
      : report(issues, "literal_error", location, `Input should be ${expected}`, value, { expected });
}

/** A whole number; numeric strings, whole floats and booleans pass as such (`lifecycle.md` 2.1). */
export function integer(limits: { readonly minimum?: number; readonly maximum?: number } = {}): Rule<number> {
  return (value, location, issues) => {
    const number = toInteger(value);
    if (typeof number === "string") return report(issues, number, location, INTEGER_MESSAGES[number], value);
    if (limits.minimum !== undefined && number < limits.minimum) {
      return report(
        issues,
        "greater_than_equal",
        location,
        `Input should be greater than or equal to ${limits.minimum}`,
        value,
        { ge: limits.minimum },
      );
    }
    if (limits.maximum !== undefined && number > limits.maximum) {
      return report(
        issues,
        "less_than_equal",
        location,
        `Input should be less than or equal to ${limits.maximum}`,
        value,
        { le: limits.maximum },
      );
    }
    return number;
  };
}

const INTEGER_MESSAGES = {
  int_type: "Input should be a valid integer",
  int_from_float: "Input should be a valid integer, got a number with a fractional part",
  int_parsing: "Input should be a valid integer, unable to parse string as an integer",
} as const;

function toInteger(value: unknown): number | keyof typeof INTEGER_MESSAGES {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return Number.isInteger(value) ? value : "int_from_float";
  if (typeof value !== "string") return "int_type";
  return /^\s*[+-]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : "int_parsing";
}

const TRUE_WORDS = ["1", "true", "t", "yes", "y", "on"];
const FALSE_WORDS = ["0", "false", "f", "no", "n", "off"];

/** A truth value; the usual words for one pass in any case. */
export function boolean(): Rule<boolean> {
  return (value, location, issues) => {
    if (typeof value === "boolean") return value;
    const word = typeof value === "string" || typeof value === "number" ? String(value).toLowerCase() : undefined;
    if (word === undefined) return report(issues, "bool_type", location, "Input should be a valid boolean", value);
    if (TRUE_WORDS.includes(word)) return true;
    if (FALSE_WORDS.includes(word)) return false;
    return report(
      issues,
      "bool_parsing",
      location,
      "Input should be a valid boolean, unable to interpret input",
      value,
    );
  };
}

function characters(count: number): string {
  return `${count} ${count === 1 ? "character" : "characters"}`;
}

/** Whether a text is absent, empty or white space. */
export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === "";
}
