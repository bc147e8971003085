import { InvalidArgumentError } from "../errors/errors.js";

/**
 * Checks an argument and returns it, copied where it is an object. `path` names it in the `InvalidArgumentError` that a
 * wrong value throws.
 */
export type Read<T> = (path: string, value: unknown) => T;

type Reads = Readonly<Record<string, Read<unknown>>>;

/** An object that was read: each field is what its check returned. A field that was `undefined` is left out. */
export type ReadFields<O extends Reads, R extends Reads = Readonly<Record<never, never>>> = {
  readonly [K in keyof O]?: ReturnType<O[K]>;
} & { readonly [K in keyof R]: ReturnType<R[K]> };

/**
 * Reads the options of a call: the fields of `optional` may be absent, those of `required` may not. Refuses any other
 * name.
 */
export function readOptions<O extends Reads>(value: unknown, optional: O): ReadFields<O>;
export function readOptions<O extends Reads, R extends Reads>(
  value: unknown,
  optional: O,
  required: R,
): ReadFields<O, R>;
export function readOptions(value: unknown, optional: Reads, required?: Reads): unknown {
  return readFields("", value, optional, required);
}

/** The same for an object inside the options. */
export function objectOf<O extends Reads>(optional: O): Read<ReadFields<O>>;
export function objectOf<O extends Reads, R extends Reads>(optional: O, required: R): Read<ReadFields<O, R>>;
export function objectOf(optional: Reads, required?: Reads): Read<unknown> {
  return (path, value) => readFields(path, value, optional, required);
}

function readFields(path: string, value: unknown, optional: Reads, required: Reads = {}): unknown {
  const given = readObject(path || "options", value);
  const reads: Reads = { ...required, ...optional };
  for (const name of Object.keys(given)) {
    // Neither the server nor JavaScript would complain about a misspelt option.
    if (given[name] !== undefined && !Object.hasOwn(reads, name)) refuse(pathOf(path, name), "is not a known option");
  }
  const fields: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(reads)) {
    const field = given[name];
    if (field !== undefined || Object.hasOwn(required, name)) fields[name] = read(pathOf(path, name), field);
  }
  return fields;
}

/** An object without its fields that are `undefined`. */
export type Defined<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Copies an object without its fields that are `undefined`: to those who look, they are there. */
export function omitUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Reads an object whose fields the caller checks. */
export function readObject(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, "must be an object");
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Copies an object with names of the caller's choice; `checkName` throws for a wrong one. Values that are `undefined`
 * are left out.
 */
export function mapOf<T>(
  read: Read<T>,
  checkName?: (path: string, name: string, value: unknown) => void,
): Read<Readonly<Record<string, T>>> {
  return (path, value) => {
    const entries = Object.entries(readObject(path, value)).filter(([, item]) => item !== undefined);
    // Unlike an assignment, this keeps an entry with the name `__proto__`.
    return Object.fromEntries(
      entries.map(([name, item]) => {
        const at = pathOf(path, name);
        checkName?.(at, name, item);
        return [name, read(at, item)];
      }),
    );
  };
}

/** Copies a list. */
export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (path, value) => {
    if (!Array.isArray(value)) refuse(path, "must be an array");
    return (value as unknown[]).map((item, index) => read(`${path}[${index}]`, item));
  };
}

/** Copies a list that has items. */
export function nonEmptyListOf<T>(read: Read<T>): Read<readonly T[]> {
  return (path, value) => {
    const items = listOf(read)(path, value);
    if (items.length === 0) refuse(path, "must not be empty");
    return items;
  };
}

/** Refuses the first item that has the same key as an earlier one. */
export function refuseDuplicates<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  pathAt: (index: number) => string,
): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (seen.has(key)) refuse(pathAt(index), "is duplicated");
    seen.add(key);
  }
}

/** Reads a string, which may be empty. */
export function readString(path: string, value: unknown): string {
  if (typeof value !== "string") refuse(path, "must be a string");
  return value;
}

/** Reads a string that has more than white space in it. */
export function readText(path: string, value: unknown): string {
  const text = readString(path, value);
  if (text.trim() === "") refuse(path, "must not be blank");
  return text;
}

/** Reads a string that is not blank and passes a test; `problem` says what is wrong with one that does not. */
export function textWhere(isRight: (text: string) => boolean, problem: string): Read<string> {
  return (path, value) => {
    const text = readText(path, value);
    if (!isRight(text)) refuse(path, problem);
    return text;
  };
}

/** Reads a function. */
export function readFunction(path: string, value: unknown): (...args: never[]) => unknown {
  if (typeof value !== "function") refuse(path, "must be a function");
  return value as (...args: never[]) => unknown;
}

/** Reads a boolean. */
export function readFlag(path: string, value: unknown): boolean {
  if (typeof value !== "boolean") refuse(path, "must be true or false");
  return value;
}

/** Reads one of some strings. */
export function oneOf<const T extends string>(...known: readonly [T, ...T[]]): Read<T> {
  return (path, value) => {
    if ((known as readonly unknown[]).includes(value)) return value as T;
    const last = JSON.stringify(known.at(-1));
    const others = known.slice(0, -1).map((text) => JSON.stringify(text));
    return refuse(path, `must be ${others.length === 0 ? last : `${others.join(", ")} or ${last}`}`);
  };
}

/** Reads a whole number from `min` to `max`. */
export function integerFrom(min: number, max: number = Number.MAX_SAFE_INTEGER): Read<number> {
  return (path, value) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
    return refuse(path, `must be an integer ${range}`, value);
  };
}

/** Reads a finite number above 0. */
export function readPositive(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    refuse(path, "must be a finite number above 0", value);
  return value;
}

/** Reads a finite number of `min` or more. */
export function numberFrom(min: number): Read<number> {
  return (path, value) => {
    if (typeof value === "number" && Number.isFinite(value) && value >= min) return value;
    return refuse(path, `must be a finite number of ${min} or more`, value);
  };
}

/** Reads a finite number of 0 or more. */
export const readNonNegative: Read<number> = numberFrom(0);

/**
 * Reads a time in seconds and returns it in whole milliseconds, at least 1: on the wire 0 often means that there is no
 * limit.
 */
export function readSecondsAsMs(path: string, value: unknown): number {
  return Math.max(1, Math.round(readPositive(path, value) * 1000));
}

/** As JavaScript writes it: `envs.HOME`, `metadata["team/name"]`. */
function pathOf(parent: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === "" ? name : `${parent}.${name}`;
}

/** Shows the value only where it is a number: a text may be a secret. */
function refuse(path: string, problem: string, value?: unknown): never {
  throw new InvalidArgumentError(path, typeof value === "number" ? `${problem}, got ${value}` : problem);
}
