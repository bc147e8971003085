import { InvalidArgumentError } from "@rxsandbox/transport";

/** Reads a value that should be an object with only the given names, or throws with its path. */
export function readObject(path: string, value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidArgumentError(path, "must be an object");
  const object = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(object)) {
    if (object[name] !== undefined && !names.includes(name))
      throw new InvalidArgumentError(`${path}.${name}`, "is not a known option");
  }
  return object;
}

/** Reads a string that is not blank. */
export function readText(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(path, "must be a string");
  if (value.trim() === "") throw new InvalidArgumentError(path, "must not be blank");
  return value;
}

/** Copies a list and its items; nothing is an empty one. */
export function readList<T>(path: string, value: unknown, readItem: (path: string, item: unknown) => T): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new InvalidArgumentError(path, "must be an array");
  return value.map((item: unknown, index) => readItem(`${path}[${index}]`, item));
}

/** Copies a list that is either not there or has items. */
export function readOptionalList<T>(
  path: string,
  value: unknown,
  readItem: (path: string, item: unknown) => T,
): readonly T[] | undefined {
  if (value === undefined) return undefined;
  const items = readList(path, value, readItem);
  if (items.length === 0) throw new InvalidArgumentError(path, "must not be empty");
  return items;
}

/** Throws for the first item whose key an earlier one has. */
export function refuseRepeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  pathOf: (index: number) => string,
): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const key = keyOf(item);
    if (seen.has(key)) throw new InvalidArgumentError(pathOf(index), "is there twice");
    seen.add(key);
  });
}
