import type { CommandStatus } from "../commands/command-status.js";
import type { ExecutionEnd } from "../execution-end.js";

/**
 * Tells how a command ended from its status (`execd.md` 2.4, column Status); `timeoutMs` is the time limit that it was
 * given, if that is known.
 */
export function endOfStatus(status: CommandStatus, timeoutMs: number | undefined): ExecutionEnd {
  const { exitCode, error } = status;
  const signal = error === null ? undefined : /^signal: (.+)$/.exec(error.trim())?.[1];
  if (signal !== undefined) return { kind: "signalled", signal, probablyTimedOut: hasTimedOut(status, timeoutMs) };
  const isExit = exitCode !== null && (error === null || /^exit status -?\d+$/.test(error.trim()));
  if (isExit) return { kind: "exited", exitCode };
  const value = error ?? "the daemon gives no exit code";
  return { kind: "failed", error: { name: "CommandExecError", value, traceback: [value] } };
}

function hasTimedOut({ startedAt, finishedAt }: CommandStatus, timeoutMs: number | undefined): boolean {
  if (timeoutMs === undefined || startedAt === null || finishedAt === null) return false;
  return finishedAt.getTime() - startedAt.getTime() >= timeoutMs;
}
