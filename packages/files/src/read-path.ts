import { InvalidArgumentError } from "@rxsandbox/transport";

/** Checks one path of a sandbox. */
export function readPath(argument: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(argument, "must be a string");
  if (value.trim() === "") throw new InvalidArgumentError(argument, "must not be blank");
  return value;
}

/** Copies a list of paths that is not empty. */
export function readPaths(argument: string, value: unknown): readonly string[] {
  return readEntries(argument, value).map((entry, index) => readPath(`${argument}[${index}]`, entry));
}

/** Copies a list that is not empty. */
export function readEntries(argument: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidArgumentError(argument, "must be an array");
  if (value.length === 0) throw new InvalidArgumentError(argument, "must not be empty");
  return [...(value as readonly unknown[])];
}
