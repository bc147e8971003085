import { abortWith, inferExitCode, toWireEvent, type Files, type IsolatedSession } from "@rxsandbox/client";
import { concatMap, defer, lastValueFrom } from "rxjs";
import { ExecutionEventDispatcher } from "../commands/execution-event-dispatcher.js";
import { toException } from "../errors/to-exception.js";
import type { Execution, ExecutionHandlers, ServerStreamEvent } from "../models/execution.js";
import type { IsolatedRunOpts } from "../models/isolation.js";

/** Runs in an isolated session: handlers one by one, and one that throws closes the stream. */
export async function runIsolated(
  session: IsolatedSession<Files>,
  code: string,
  { envs, timeout_seconds }: IsolatedRunOpts = {},
  handlers: ExecutionHandlers | undefined,
  signal: AbortSignal | undefined,
): Promise<Execution> {
  const execution: Execution = { logs: { stdout: [], stderr: [] }, result: [] };
  const dispatcher = new ExecutionEventDispatcher(execution, handlers);
  const options = {
    ...(envs !== undefined && { envs }),
    ...(timeout_seconds !== undefined && { timeoutSeconds: timeout_seconds }),
  };
  const run = defer(() => session.run(code, options)).pipe(
    concatMap((event) => dispatcher.dispatch({ ...toWireEvent(event) } as ServerStreamEvent)),
  );
  try {
    await lastValueFrom(signal === undefined ? run : run.pipe(abortWith(signal)), { defaultValue: undefined });
  } catch (error) {
    throw toException(error, "Run in isolated session");
  }
  execution.exitCode = inferExitCode({ complete: execution.complete !== undefined, error: execution.error });
  return execution;
}
