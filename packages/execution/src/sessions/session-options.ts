import type { WireRunInSessionRequest } from "@rxsandbox/protocol";
import { omitUndefined, readOptions, readSecondsAsMs, readText } from "@rxsandbox/transport/calls";
import { readStallTimeout, type StallOptions } from "../stream/stall-timeout.js";

/** Options of a new session. */
export interface SessionOptions {
  /** Where it begins; created when it does not exist (`execd.md` 4). */
  readonly workingDirectory?: string;
}

/** Options of one run in a session. */
export interface SessionRunOptions extends StallOptions {
  /**
   * Must exist. It stays the session's working directory for later runs: that is the server's rule (divergence X19).
   */
  readonly workingDirectory?: string;
  /**
   * Longest run: seconds after which the server kills the run, which fails with `execution-timed-out` (`timeout`,
   * `execd.md` 4). 24 hours when absent. A child that holds the output keeps the stream open for longer.
   */
  readonly timeoutSeconds?: number;
}

/** Options of one run in a session that is pulled. */
export interface SessionIterateOptions extends SessionRunOptions {
  /**
   * Events that wait at most before the socket is paused; 1024 when absent. One chunk more may have been decoded by
   * then.
   */
  readonly highWaterMark?: number;
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function sessionBody(options: SessionOptions): { readonly cwd?: string } {
  const { workingDirectory } = readOptions(options, { workingDirectory: readText });
  return omitUndefined({ cwd: workingDirectory });
}

/** Checks and copies. Throws `InvalidArgumentError`. */
export function sessionRunRequest(command: string, options: SessionRunOptions): WireRunInSessionRequest {
  const { workingDirectory, timeoutSeconds } = readOptions(options, {
    workingDirectory: readText,
    timeoutSeconds: readSecondsAsMs,
    stallTimeoutSeconds: readStallTimeout,
  });
  return omitUndefined({ command: readText("command", command), cwd: workingDirectory, timeout: timeoutSeconds });
}
