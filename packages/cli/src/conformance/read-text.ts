import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";

/** Reads a file and makes something of its text; says why it cannot, and gives `undefined`. */
export async function readText<T>(path: string, make: (text: string) => T, terminal: Terminal): Promise<T | undefined> {
  try {
    return make(await readFile(path, "utf8"));
  } catch (error) {
    const isSystem = error instanceof Error && "code" in error && "syscall" in error;
    if (!isSystem && !(error instanceof InvalidArgumentError)) throw error;
    await terminal.err(`rxsandbox: ${path}: ${error.message}\n`);
    return undefined;
  }
}
