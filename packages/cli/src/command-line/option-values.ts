import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";

/** Reads a number of seconds greater than 0. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a number of seconds greater than 0.");
  return value;
}

/** Reads a TCP port; 0 lets the system choose. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return value;
}

/** Reads a number of milliseconds. */
export function milliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number of milliseconds, 0 or more.");
  return value;
}

/** Reads a limit of processes. */
export function processCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 64)
    throw new InvalidArgumentError("It must be a whole number, 64 or more.");
  return value;
}

/** Reads a number of MiB and returns bytes. */
export function mebibytes(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number of MiB, 0 or more.");
  return value * 1024 * 1024;
}

/** Collects the values of a repeatable option. */
export function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

/** Collects paths, made absolute. */
export function collectPath(path: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, resolve(path)];
}

/** Collects origins of web pages. */
export function origin(text: string, previous: readonly string[] = []): readonly string[] {
  if (!URL.canParse(text) || new URL(text).origin !== text)
    throw new InvalidArgumentError("It must be an origin: scheme, host and port only, such as http://localhost:5173.");
  return [...previous, text];
}

type Entries = Readonly<Record<string, string>>;

/** Collects `NAME=VALUE`. */
export function entry(text: string, previous: Entries = {}): Entries {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Collects `NAME=VALUE`, or `NAME` for the value that the variable has here. */
export function environmentEntry(text: string, previous: Entries = {}): Entries {
  if (text.includes("=")) return entry(text, previous);
  const value = process.env[text];
  if (text === "" || value === undefined)
    throw new InvalidArgumentError("It must be NAME=VALUE, or the NAME of a variable that is set here.");
  return { ...previous, [text]: value };
}
