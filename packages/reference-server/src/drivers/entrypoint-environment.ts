import { shellQuote } from "./shell-quote.js";

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Renders an environment as shell assignments, to be read from a file: an argument list would show the values to every
 * user of the machine.
 *
 * A name that a shell cannot hold is left out of the main process's environment; commands still get it.
 */
export function entrypointEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .filter(([name, value]) => SHELL_NAME.test(name) && !value.includes("\0"))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join("");
}
