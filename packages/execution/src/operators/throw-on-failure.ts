import { tap, type MonoTypeOperatorFunction, type OperatorFunction } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { SandboxError } from "@rxsandbox/transport";
import { executionEnd, type ExecutionEnd } from "../execution-end.js";

/** A command that ended other than with exit code 0, for callers that asked to have that as an error. */
export class CommandFailedError extends SandboxError {
  override readonly name: string = "CommandFailedError";
  readonly end: ExecutionEnd;

  constructor(end: ExecutionEnd) {
    super("command-failed", `The command ${describe(end)} [command-failed]`);
    this.end = end;
  }
}

function describe(end: ExecutionEnd): string {
  if (end.kind === "exited") return `exited with ${end.exitCode}`;
  if (end.kind === "signalled") return `was ended by a signal (${end.signal})`;
  return "failed";
}

/** Errors `command-failed` instead of passing on an end other than exit code 0; everything before it passes through. */
export function throwOnFailure(): OperatorFunction<ExecutionEvent, ExecutionEvent> {
  const check: MonoTypeOperatorFunction<ExecutionEvent> = tap((event) => {
    if (event.type !== "error") return;
    const end = executionEnd(event);
    if (end.kind !== "exited" || end.exitCode !== 0) throw new CommandFailedError(end);
  });
  return check;
}
