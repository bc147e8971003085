import type { TextUnit, WireCreateCodeContextRequest, WireRunCodeRequest } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { omitUndefined, readObject, readOptions, readSecondsAsMs, readText } from "@rxsandbox/transport/calls";
import { readStallTimeout } from "../stream/stall-timeout.js";
import type { CodeContext } from "./code-context.js";

/** Options of a new code context. */
export interface CodeContextOptions {
  /**
   * For example `python`, `javascript`, `typescript`, `java`, `go`, `bash`; which ones there are is up to the sandbox's
   * image.
   */
  readonly language: string;
  /** Where its code runs; created when it does not exist. */
  readonly workingDirectory?: string;
  /**
   * Longest wait of the client: seconds until the kernel must have started; 60 when absent. Not sent. A real daemon
   * does not answer at all for a language that it has no kernel for (divergence X28).
   */
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
  const { language, workingDirectory, timeoutSeconds } = readOptions(
    options,
    { workingDirectory: readText, timeoutSeconds: readSecondsAsMs },
    { language: readText },
  );
  return { json: omitUndefined({ language, cwd: workingDirectory }), waitMs: timeoutSeconds ?? DEFAULT_WAIT_MS };
}

/** Unlike options, a context may have more fields: it is what the server said. */
const readContext = (path: string, value: unknown): Pick<CodeContext, "id" | "language"> => {
  const { id, language } = readObject(path, value);
  return { id: readText(`${path}.id`, id), language: readText(`${path}.language`, language) };
};

/**
 * Checks and copies. Throws `InvalidArgumentError`.
 *
 * Without a language the daemon would run the code as a shell command, whatever the id (divergence X62): both are
 * always sent.
 */
export function codeRequest(code: string, target: CodeTarget): WireRunCodeRequest {
  const { context, language } = readOptions(target, {
    context: readContext,
    language: readText,
    stallTimeoutSeconds: readStallTimeout,
  });
  if (context !== undefined && language !== undefined)
    throw new InvalidArgumentError("language", "must not be set together with context");
  return { context: context ?? { language: readText("language", language) }, code: readText("code", code) };
}

/** Kernels give chunks; the pseudo languages that are shell commands give lines as commands do (`execd.md` 2.3). */
export function unitOf({ context }: WireRunCodeRequest): TextUnit {
  const language = context?.language;
  return language === "command" || language === "background-command" ? "line" : "chunk";
}
