import type { ErrorText } from "./error-text.js";
import { SandboxError, isSandboxError, type SandboxErrorOptions } from "./sandbox-error.js";

/** What is known of a sandbox that does not exist any more. */
export interface GoneSandbox {
  readonly sandboxId: string;
  /** Its last state, `Failed` or `Terminated`; undefined when the server does not know the sandbox any more. */
  readonly state: string | undefined;
}

/** What a server says of a sandbox. */
export interface SandboxFate extends GoneSandbox {
  /** Whether it has ended for good. */
  readonly isGone: boolean;
}

/**
 * A call failed because its sandbox is gone: it was killed, it expired, or it ended by itself. Its code is `not-found`;
 * `cause` is what the call saw, for example a broken connection.
 */
export class SandboxGoneError extends SandboxError {
  override readonly name: string = "SandboxGoneError";
  readonly sandboxId: string;
  readonly state: string | undefined;
  constructor(text: string | ErrorText, { sandboxId, state }: GoneSandbox, options: SandboxErrorOptions = {}) {
    super("not-found", text, options);
    this.sandboxId = sandboxId;
    this.state = state;
  }
}

/**
 * Checks whether an error means that the sandbox itself is gone, unlike a `not-found` for a file or a command in it.
 */
export function isSandboxGone(value: unknown): value is SandboxGoneError {
  return isSandboxError(value, "not-found") && value.name === "SandboxGoneError";
}
