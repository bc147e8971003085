import { constants } from "node:os";
import { isSandboxError, isSandboxGone, type ExecutionEnd } from "@rxsandbox/client";
import type { Interruption } from "./interruption.js";

/** Exit codes of the command line. `run` gives the remote command's own code where there is one. */
export const exitCode = {
  ok: 0,
  failed: 1,
  /** Wrong usage (EX_USAGE). */
  usage: 64,
  /** The outcome of the command is unknown: its stream was lost (EX_IOERR). */
  lost: 74,
  interrupted: 130,
} as const;

/** The exit code of a program that ended because of a signal: 128 and its number, as shells report it. */
export function exitCodeOfInterruption(signal: Interruption): number {
  return 128 + constants.signals[signal];
}

/**
 * Names of signals as a real daemon spells them in `signal: <name>` (`execd.md` 2.4), where they differ from POSIX
 * short names.
 */
const spelledSignals: Readonly<Record<string, keyof typeof constants.signals>> = {
  killed: "SIGKILL",
  terminated: "SIGTERM",
  interrupt: "SIGINT",
  hangup: "SIGHUP",
  quit: "SIGQUIT",
  aborted: "SIGABRT",
  "segmentation fault": "SIGSEGV",
  "bus error": "SIGBUS",
  "floating point exception": "SIGFPE",
  "illegal instruction": "SIGILL",
  "broken pipe": "SIGPIPE",
  "alarm clock": "SIGALRM",
};

/** The exit code that stands for an end: its own code, 128 + n for signal n, 1 for a failure. */
export function exitCodeOfEnd(end: ExecutionEnd): number {
  switch (end.kind) {
    case "exited":
      // A process can only report 8 bits.
      return end.exitCode & 0xff;
    case "signalled": {
      const name =
        spelledSignals[end.signal.toLowerCase()] ?? (end.signal.toUpperCase() as keyof typeof constants.signals);
      return 128 + (constants.signals[name] ?? constants.signals.SIGKILL);
    }
    case "failed":
      return exitCode.failed;
    case "completed":
      return exitCode.ok;
  }
}

/** The exit code that stands for an error. */
export function exitCodeOfError(error: unknown): number {
  if (isSandboxError(error, "invalid-argument")) return exitCode.usage;
  // The sandbox ended under the command.
  if (isSandboxGone(error)) return exitCode.lost;
  if (
    isSandboxError(error, "stream-truncated") ||
    isSandboxError(error, "stream-stalled") ||
    isSandboxError(error, "network") ||
    isSandboxError(error, "protocol")
  )
    return exitCode.lost;
  return exitCode.failed;
}
