import { createRequire } from "node:module";
import * as nodeModule from "node:module";

import { findPrograms } from "../commands/shell.js";
import { PYTHON_KERNEL } from "./python-kernel.js";

/** How the kernel of a language is started and asked. */
export interface KernelProgram {
  readonly path: string;
  readonly argv: readonly string[];
  /** Where requests go; the other programs get them on descriptor 3, on which all answer. */
  readonly readsStdin: boolean;
  /**
   * How an interrupt reaches code for certain. Python and JavaScript tell when they have begun. Before that Python
   * loses a signal and Node dies of it; a second one would hit the code that handles the first. A shell may lose a
   * signal, and stands a second one: it takes a signal that comes as its child ends by itself for one that the child
   * has handled.
   */
  readonly interrupts: "when-started" | "repeatedly";
  /** Sent first; the program answers that it is ready. */
  readonly preamble: string;
  /** The request to run code under an id that is also the mark of its end. */
  encode(id: string, code: string): string;
  /** Asks for the end of a run once more, where an interrupt may have swallowed that. */
  encodeEnd(id: string): string;
}

/** Languages that this daemon knows; whether it has a kernel is another question (`execd.md` 5). */
export const KERNEL_LANGUAGES: ReadonlySet<string> = new Set([
  "python",
  "java",
  "javascript",
  "typescript",
  "go",
  "bash",
]);

/** Programs to try for a language, best first; none where the machine has no kernel for it. */
export function kernelPrograms(language: string, env: Readonly<Record<string, string>>): readonly KernelProgram[] {
  switch (language) {
    case "python":
      return findPrograms("python3", env).map((path) => jsonKernel(path, ["-u", "-c", PYTHON_KERNEL]));
    case "javascript":
      return [jsonKernel(process.execPath, [javaScriptKernel()])];
    case "typescript":
      // Only where Node can take types out of code (22.13 and later).
      return "stripTypeScriptTypes" in nodeModule
        ? [jsonKernel(process.execPath, ["--disable-warning=ExperimentalWarning", javaScriptKernel(), "typescript"])]
        : [];
    case "bash":
      return findPrograms("bash", env).map(bashKernel);
    default:
      return [];
  }
}

function javaScriptKernel(): string {
  return createRequire(import.meta.url).resolve("#javascript-kernel");
}

function jsonKernel(path: string, argv: readonly string[]): KernelProgram {
  return {
    path,
    argv,
    interrupts: "when-started",
    readsStdin: false,
    preamble: "",
    encode: (id, code) => `${JSON.stringify({ id, code })}\n`,
    encodeEnd: () => "",
  };
}

/**
 * An interactive bash, since only that returns to its prompt on SIGINT. Each request is two lines: the code, in which
 * the descriptors of this kernel are closed, and the end, which copies of the outputs serve, since code may redirect
 * its own.
 */
function bashKernel(path: string): KernelProgram {
  const end = (id: string): string =>
    `{ __rx=$?; builtin printf '\\0%s\\0' ${id} >&4; builtin printf '\\0%s\\0' ${id} >&5; builtin printf '{"id":"%s","status":%d}\\n' ${id} "$__rx" >&3; }\n`;
  return {
    path,
    argv: ["--noprofile", "--norc", "--noediting", "-i"],
    readsStdin: true,
    interrupts: "repeatedly",
    preamble: `PS1= PS2=; set +H +m; exec 4>&1 5>&2; printf '{"ready":true}\\n' >&3\n`,
    encode: (id, code) => `eval -- $'${quote(code)}' </dev/null 3>&- 4>&- 5>&-\n${end(id)}`,
    encodeEnd: end,
  };
}

/** The inside of `$'…'`, on one line. A NUL cannot be in a command: bash leaves it out as it does everywhere. */
function quote(code: string): string {
  return code
    .replaceAll("\0", "")
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}
