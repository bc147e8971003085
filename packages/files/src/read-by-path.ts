import { InvalidArgumentError } from "@rxsandbox/transport";
import { readEntries, readPath } from "./read-path.js";
import { readObject } from "./read-object.js";

/**
 * Copies a list of entries for a route that takes a map by path; `read` checks what an entry holds besides its path.
 *
 * Throws for a path that comes twice: in a map the later entry would replace the earlier one in silence.
 */
export function distinctEntries<T extends { readonly path: string }, R>(
  argument: string,
  value: readonly T[],
  read: (argument: string, entry: Partial<T>) => R,
): Readonly<Record<string, R>> {
  const entries = new Map<string, R>();
  for (const [index, given] of readEntries(argument, value).entries()) {
    const at = `${argument}[${index}]`;
    const entry = readObject<T>(at, given);
    const path = readPath(`${at}.path`, entry.path);
    if (entries.has(path)) throw new InvalidArgumentError(`${at}.path`, "is the path of an earlier entry");
    entries.set(path, read(at, entry));
  }
  return Object.fromEntries(entries);
}
