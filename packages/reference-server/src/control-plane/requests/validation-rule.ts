import type { WireValidationDetail } from "@rxsandbox/protocol";

/** Where a value stands in a request: `["body", "volumes", 0, "name"]`. */
export type Location = readonly (string | number)[];

/** Turns a value of a request into what it means, or adds to `issues` why it means nothing (`lifecycle.md` 1.1). */
export type Rule<T> = (value: unknown, location: Location, issues: WireValidationDetail[]) => T | undefined;

/** Adds one entry of a 422 body. */
export function report(
  issues: WireValidationDetail[],
  type: string,
  location: Location,
  message: string,
  input: unknown,
  context?: Readonly<Record<string, unknown>>,
): undefined {
  issues.push({ type, loc: location, msg: message, input, ...(context === undefined ? {} : { ctx: context }) });
  return undefined;
}

/** `null` stands for an absent value. */
export function nullable<T>(rule: Rule<T>): Rule<T> {
  return (value, location, issues) => (value === null ? undefined : rule(value, location, issues));
}

/** A list, each item by `item`. */
export function list<T>(item: Rule<T>, options: { readonly minimum?: number } = {}): Rule<T[]> {
  return (value, location, issues) => {
    if (!Array.isArray(value)) return report(issues, "list_type", location, "Input should be a valid list", value);
    const minimum = options.minimum ?? 0;
    if (value.length < minimum) {
      const message = `List should have at least ${minimum} ${minimum === 1 ? "item" : "items"} after validation, not ${value.length}`;
      return report(issues, "too_short", location, message, value, {
        field_type: "List",
        min_length: minimum,
        actual_length: value.length,
      });
    }
    return value
      .map((entry, index) => item(entry, [...location, index], issues))
      .filter((entry) => entry !== undefined);
  };
}

/** A map from any name to values by `item`; a name whose value means nothing is left out. */
export function map<T>(item: Rule<T>): Rule<Record<string, T>> {
  return (value, location, issues) => {
    if (!isRecord(value)) return report(issues, "dict_type", location, "Input should be a valid dictionary", value);
    const entries = Object.entries(value).map(
      ([name, entry]) => [name, item(entry, [...location, name], issues)] as const,
    );
    return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== undefined));
  };
}

/** One field of a {@link model}. */
export interface Field<T> {
  readonly rule: Rule<T>;
  readonly isRequired?: boolean;
}

type Values<F extends Readonly<Record<string, Field<unknown>>>> = {
  [K in keyof F]?: F[K] extends Field<infer T> ? T : never;
};

/**
 * An object with known fields; unknown ones are ignored (`divergences.md` L17).
 *
 * A field is known by its name and by its snake_case spelling, and the spelling that was used shows in the location.
 * `check` looks at the whole object once its fields are right, and returns what is wrong with it.
 */
export function model<const F extends Readonly<Record<string, Field<unknown>>>>(
  fields: F,
  check?: (values: Values<F>) => string | undefined,
): Rule<Values<F>> {
  return (value, location, issues) => {
    if (!isRecord(value)) {
      const message = "Input should be a valid dictionary or object to extract fields from";
      return report(issues, "model_attributes_type", location, message, value);
    }
    const before = issues.length;
    const values: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      const spelling = Object.hasOwn(value, name) ? name : snakeCase(name);
      if (!Object.hasOwn(value, spelling)) {
        if (field.isRequired === true) report(issues, "missing", [...location, name], "Field required", value);
        continue;
      }
      const result = field.rule(value[spelling], [...location, spelling], issues);
      if (result !== undefined) values[name] = result;
    }
    if (issues.length > before) return undefined;
    const complaint = check?.(values as Values<F>);
    if (complaint !== undefined)
      return report(issues, "value_error", location, `Value error, ${complaint}`, value, { error: {} });
    return values as Values<F>;
  };
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
