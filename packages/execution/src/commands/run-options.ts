import type { WireRunCommandRequest } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { omitUndefined, readFlag, readOptions, readSecondsAsMs, readText } from "@rxsandbox/transport/calls";
import { readAccountId, readEnvironment } from "../account-and-environment.js";
import { readStallTimeout, type StallOptions } from "../stream/stall-timeout.js";

/** Options of a background command. */
export interface StartOptions {
  /** Directory that exists in the sandbox; `$VAR` and a leading `~` are expanded there (`execd.md` 1). */
  readonly workingDirectory?: string;
  /** Added to the sandbox's environment, for this command only. */
  readonly envs?: Readonly<Record<string, string>>;
  /** Runs as this user; its primary group counts unless `gid` is given. */
  readonly uid?: number;
  /** Needs `uid`. */
  readonly gid?: number;
  /**
   * Longest run: seconds after which the server kills the command with its process group, in the background too
   * (`timeout`, `execd.md` 3). No limit when absent. Less than a millisecond counts as one.
   */
  readonly timeoutSeconds?: number;
}

/** Options of a foreground command. */
export interface RunOptions extends StartOptions, StallOptions {
  /**
   * Lets the command run on when the stream is unsubscribed; false when absent. The stream is then closed, which in the
   * middle of endless output can kill other foreground commands on a real daemon (`divergences.md` X66).
   */
  readonly detached?: boolean;
}

const startReads = {
  workingDirectory: readText,
  envs: readEnvironment,
  uid: readAccountId,
  gid: readAccountId,
  timeoutSeconds: readSecondsAsMs,
};

/** Whether the command runs on without its subscriber. Throws `InvalidArgumentError`. */
export function isDetached({ detached }: RunOptions): boolean {
  return detached !== undefined && readFlag("detached", detached);
}

/** Checks the arguments of a command and copies them into a request. Throws `InvalidArgumentError`. */
export function commandRequest(command: string, options: StartOptions, background: boolean): WireRunCommandRequest {
  const { workingDirectory, timeoutSeconds, envs, uid, gid } = readOptions(
    options,
    background ? startReads : { ...startReads, detached: readFlag, stallTimeoutSeconds: readStallTimeout },
  );
  if (gid !== undefined && uid === undefined)
    throw new InvalidArgumentError("gid", "needs uid: uid is required when gid is provided");
  return {
    command: readText("command", command),
    ...(background && { background }),
    ...omitUndefined({ cwd: workingDirectory, envs, uid, gid, timeout: timeoutSeconds }),
  };
}
