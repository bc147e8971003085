import type { SandboxErrorCode } from "./sandbox-error.js";

/** The parts of an error's message. */
export interface ErrorText {
  /** What failed, in the present tense: `Create sandbox`. Absent where the error is put into its context later. */
  readonly what?: string | undefined;
  readonly method?: string | undefined;
  /** Below the endpoint's base, without query: bases and queries may carry tokens. */
  readonly path?: string | undefined;
  /** Why: the server's own sentence where there is one. */
  readonly detail: string;
  /** What to do about it, where that is known. */
  readonly advice?: string | undefined;
}

/** Composes a message: `<what> (<METHOD> <path>): <detail>; <advice> [<code>]`. */
export function composeMessage(code: SandboxErrorCode, { what, method, path, detail, advice }: ErrorText): string {
  const call = method === undefined ? "" : ` (${path === undefined ? method : `${method} ${path}`})`;
  return `${what === undefined ? "" : `${what}${call}: `}${advice === undefined ? detail : `${detail.replace(/\.$/, "")}; ${advice}`} [${code}]`;
}
