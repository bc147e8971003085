import { InvalidArgumentError } from "../errors/errors.js";

/**
 * Says whether a value can be the id of something on a server: a text that is one segment of a path, whatever reads
 * that path.
 *
 * `.` and `..` would mean another address. Slashes, blanks, control characters, `%`, `?`, `#` and halves of characters
 * are in no id, and proxies read them in different ways, escaped or not.
 */
export function isPathId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value !== "" &&
    value !== "." &&
    value !== ".." &&
    !/[\s\p{Cc}\p{Cf}\p{Surrogate}/\\%?#]/u.test(value)
  );
}

/** Reads an id that becomes a segment of a path, or throws an `InvalidArgumentError`. */
export function readPathId(argument: string, value: unknown): string {
  if (isPathId(value)) return value;
  if (typeof value !== "string") throw new InvalidArgumentError(argument, "must be a string");
  if (value.trim() === "") throw new InvalidArgumentError(argument, "must not be blank");
  throw new InvalidArgumentError(
    argument,
    `must be an id without slashes, blanks, control characters, %, ? or #, and not "." or "..", got ${JSON.stringify(value.slice(0, 60))}`,
  );
}

/**
 * Reads a name of the user's choice and escapes it for one segment of a path; throws an `InvalidArgumentError` for a
 * name that no path can hold.
 *
 * Unlike an id it may hold slashes and blanks. Blanks around it are dropped, half a character becomes U+FFFD, as
 * servers do with both.
 */
export function namePathSegment(argument: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidArgumentError(argument, "must be a string");
  const name = value.trim();
  if (name === "") throw new InvalidArgumentError(argument, "must not be blank");
  if (/\p{Cc}/u.test(name)) throw new InvalidArgumentError(argument, "must not hold control characters");
  // An address with it means a directory, however it is escaped.
  if (/^(?:\.|%2e){1,2}$/i.test(name))
    throw new InvalidArgumentError(
      argument,
      `must not be ${JSON.stringify(name)}, which no path can hold: use the list`,
    );
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\ufffd"));
}
