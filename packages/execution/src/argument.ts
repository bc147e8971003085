import { InvalidArgumentError } from "@rxsandbox/transport";

/** Refuses what is no object, and names that mean nothing here: a misspelt option would be lost in silence. */
export function onlyOptions(options: object, names: readonly string[]): void {
  if (!isRecord(options)) throw new InvalidArgumentError("options", "must be an object");
  for (const name of Object.keys(options)) {
    if (options[name] !== undefined && !names.includes(name))
      throw new InvalidArgumentError(name, "is not a known option");
  }
}

/** An optional claim. */
export function flag(argument: string, value: boolean | undefined): boolean {
  if (value !== undefined && typeof value !== "boolean")
    throw new InvalidArgumentError(argument, "must be true or false");
  return value === true;
}

/** Milliseconds of a timeout given in seconds; less than a millisecond is one, since 0 on the wire means none (`execd.md` 3.1). */
export function timeoutMs(argument: string, seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0) {
    throw new InvalidArgumentError(argument, `must be a positive finite number of seconds, got ${String(seconds)}`);
  }
  return Math.max(1, Math.round(seconds * 1000));
}

/** A text with something in it. */
export function nonBlank(argument: string, text: string): string {
  if (typeof text !== "string" || text.trim() === "") throw new InvalidArgumentError(argument, "must not be blank");
  return text;
}

/** An optional text that is not empty. */
export function optionalText(argument: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : nonBlank(argument, text);
}

/** A user or group id: unsigned 32 bits (`execd.md` 3.1). */
export function accountId(argument: string, id: number | undefined): number | undefined {
  if (id === undefined) return undefined;
  if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff)
    throw new InvalidArgumentError(argument, `must be an integer from 0 to 4294967295, got ${String(id)}`);
  return id;
}

/** A copy of an environment whose values are texts. */
export function environment(
  argument: string,
  envs: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined {
  if (envs === undefined) return undefined;
  if (!isRecord(envs)) throw new InvalidArgumentError(argument, "must be an object");
  const copy: Record<string, string> = {};
  for (const [name, value] of Object.entries(envs)) {
    if (name === "" || /[=\0]/.test(name))
      throw new InvalidArgumentError(
        `${argument}[${JSON.stringify(name)}]`,
        "is not a name of an environment variable",
      );
    if (typeof value !== "string") throw new InvalidArgumentError(`${argument}.${name}`, "must be a string");
    // A plain assignment to `__proto__` would lose the entry.
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
