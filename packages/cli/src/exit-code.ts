import { constants } from "node:os";
import { isSandboxError, isSandboxGone, type ExecutionEnd } from "@rxsandbox/client";
import type { Interruption } from "./interruption.js";

/** Exit codes of the command line. Commands that run something give its own code where there is one. */
export const exitCode = {
  ok: 0,
  /** Wrong usage (EX_USAGE). */
  usage: 64,
  /** The connection was lost, so the outcome is unknown (EX_IOERR). */
  lost: 74,
  /** The work failed, and it was not the remote command that failed. */
  failed: 125,
  /** The remote command could not be started. */
  notStarted: 126,
  interrupted: 130,
} as const;

/** The same as a table for people; in the guide too. */
export const exitCodeTable = `Exit codes:
  0        success
  64       wrong usage, or no server was found
  74       the connection was lost, so the outcome is unknown
  125      rxsandbox failed: the server refused, or the sandbox is not there
  126      the command could not be started
  127      the command was not found (the shell's own code)
  128 + n  the command ended by signal n, or signal n ended rxsandbox:
           130 for Ctrl-C, 137 for SIGKILL, 141 when nobody reads the output
  others   what the command itself exited with
  conformance has other exit codes: see rxsandbox conformance --help.
`;

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

/** The exit code that stands for an end: its own code, 128 + n for signal n, 126 for a failed start. */
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
      return exitCode.notStarted;
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
    isSandboxError(error, "outcome-unknown") ||
    isSandboxError(error, "protocol")
  )
    return exitCode.lost;
  return exitCode.failed;
}
