import type { WireRunInSessionRequest } from "@rxsandbox/protocol";
import { nonBlank, onlyOptions, optionalText, timeoutMs } from "../argument.js";

/** Options of a new session. */
export interface SessionOptions {
  /** Where it begins; created when it does not exist (`execd.md` 4). */
  readonly workingDirectory?: string;
}

/** Options of one run in a session. */
export interface SessionRunOptions {
  /** Must exist. It stays the session's working directory for later runs: that is the server's rule (divergence X19). */
  readonly workingDirectory?: string;
  /** Seconds; the server ends the run after them. */
  readonly timeoutSeconds?: number;
}

/** Options of one run in a session that is pulled. */
export interface SessionIterateOptions extends SessionRunOptions {
  /** Events that wait at most before the socket is paused; 1024 when absent. One chunk more may have been decoded by then. */
  readonly highWaterMark?: number;
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function sessionBody(options: SessionOptions): { readonly cwd?: string } {
  onlyOptions(options, ["workingDirectory"]);
  const cwd = optionalText("workingDirectory", options.workingDirectory);
  return cwd === undefined ? {} : { cwd };
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function sessionRunRequest(command: string, options: SessionRunOptions): WireRunInSessionRequest {
  onlyOptions(options, ["workingDirectory", "timeoutSeconds"]);
  const cwd = optionalText("workingDirectory", options.workingDirectory);
  const timeout = timeoutMs("timeoutSeconds", options.timeoutSeconds);
  return {
    command: nonBlank("command", command),
    ...(cwd !== undefined && { cwd }),
    ...(timeout !== undefined && { timeout }),
  };
}
