import type { TextUnit, WireCreateCodeContextRequest, WireRunCodeRequest } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { nonBlank, onlyOptions, optionalText, timeoutMs } from "../argument.js";
import type { CodeContext } from "./code-context.js";

/** Options of a new code context. */
export interface CodeContextOptions {
  /** For example `python`, `javascript`, `typescript`, `java`, `go`, `bash`; which ones there are is up to the sandbox's image. */
  readonly language: string;
  /** Where its code runs; created when it does not exist. */
  readonly workingDirectory?: string;
  /** Seconds to wait for the kernel; 60 when absent. A real daemon does not answer at all for a language that it has no kernel for (divergence X28). */
  readonly timeoutSeconds?: number;
}

/** Where code runs: in a context, or in the default context of a language. */
export type CodeTarget =
  | { readonly context: Pick<CodeContext, "id" | "language">; readonly language?: never }
  | { readonly language: string; readonly context?: never };

const DEFAULT_WAIT_MS = 60_000;

/** Checks and copies. Throws `InvalidArgumentError`. */
export function contextRequest(options: CodeContextOptions): {
  readonly json: WireCreateCodeContextRequest;
  readonly waitMs: number;
} {
  onlyOptions(options, ["language", "workingDirectory", "timeoutSeconds"]);
  const cwd = optionalText("workingDirectory", options.workingDirectory);
  const waitMs = timeoutMs("timeoutSeconds", options.timeoutSeconds) ?? DEFAULT_WAIT_MS;
  return { json: { language: nonBlank("language", options.language), ...(cwd !== undefined && { cwd }) }, waitMs };
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function codeRequest(code: string, target: CodeTarget): WireRunCodeRequest {
  onlyOptions(target, ["context", "language"]);
  return { context: contextOf(target), code: nonBlank("code", code) };
}

/** Without a language the daemon would run the code as a shell command, whatever the id (divergence X62): both are always sent. */
function contextOf({ context, language }: CodeTarget): NonNullable<WireRunCodeRequest["context"]> {
  if (context === undefined) return { language: nonBlank("language", language) };
  if (language !== undefined)
    throw new InvalidArgumentError("language", "is the context's own where a context is given");
  if (typeof context !== "object" || context === null)
    throw new InvalidArgumentError("context", "must be an object with id and language");
  return { id: nonBlank("context.id", context.id), language: nonBlank("context.language", context.language) };
}

/** Kernels give chunks; the pseudo languages that are shell commands give lines as commands do (`execd.md` 2.3). */
export function unitOf({ context }: WireRunCodeRequest): TextUnit {
  const language = context?.language;
  return language === "command" || language === "background-command" ? "line" : "chunk";
}
