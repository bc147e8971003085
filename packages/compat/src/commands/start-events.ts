import { abortWith, type ExecutionEvent, type Sandbox as Handle, type StartOptions } from "@rxsandbox/client";
import { firstValueFrom } from "rxjs";

/**
 * The two events of a background start (`execd.md` 2.4). An abort before the start is known ends the command;
 * afterwards it runs on.
 */
export async function* startEvents(
  handle: Handle,
  command: string,
  options: StartOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExecutionEvent, void, undefined> {
  const start = handle.commands.start(command, options);
  const { id } = await firstValueFrom(signal === undefined ? start : start.pipe(abortWith(signal)));
  yield { type: "init", id, timestamp: Date.now() };
  yield { type: "execution_complete", executionTimeMs: 0, timestamp: Date.now() };
}
