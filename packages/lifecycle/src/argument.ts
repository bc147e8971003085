import { InvalidArgumentError } from "@rxsandbox/transport";

/** Reads a value that should be an object with only the given names, or throws with its path. */
export function readObject(path: string, value: unknown, names?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidArgumentError(path, "must be an object");
  const object = value as Readonly<Record<string, unknown>>;
  if (names === undefined) return object;
  for (const name of Object.keys(object)) {
    // The server ignores what it does not know: a misspelt option would be lost in silence (lifecycle.md 10).
    if (object[name] !== undefined && !names.includes(name))
      throw new InvalidArgumentError(path === "options" ? name : `${path}.${name}`, "is not a known option");
  }
  return object;
}

/** Reads a string that is not blank. */
export function readText(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(path, "must be a string");
  if (value.trim() === "") throw new InvalidArgumentError(path, "must not be blank");
  return value;
}

/** Reads a string, which may be empty. */
export function readString(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(path, "must be a string");
  return value;
}

/** Reads a boolean, or nothing. */
export function readFlag(path: string, value: unknown): boolean | undefined {
  if (value !== undefined && typeof value !== "boolean") throw new InvalidArgumentError(path, "must be true or false");
  return value;
}

/** Copies a map of strings, or nothing. */
export function readTextMap(path: string, value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  const copy: Record<string, string> = {};
  for (const [name, text] of Object.entries(readObject(path, value))) {
    if (text === undefined) continue;
    if (typeof text !== "string") throw new InvalidArgumentError(`${path}.${name}`, "must be a string");
    // defineProperty: a plain assignment to `__proto__` would lose the entry.
    Object.defineProperty(copy, name, { value: text, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** Copies a list. */
export function readList(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidArgumentError(path, "must be an array");
  return [...(value as readonly unknown[])];
}

/** Reads a duration: finite and more than zero. */
export function readDuration(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new InvalidArgumentError(path, "must be a finite number");
  if (value <= 0) throw new InvalidArgumentError(path, "must be more than 0");
  return value;
}

/** Reads a whole number from 1, to `max` where there is one. */
export function readCount(path: string, value: unknown, max?: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= (max ?? Infinity))
    return value;
  throw new InvalidArgumentError(
    path,
    max === undefined ? "must be an integer from 1" : `must be an integer from 1 to ${max}`,
  );
}
