import { inferExitCode } from "@rxsandbox/client";
import type { Execution, ExecutionHandlers, ServerStreamEvent } from "../models/execution.js";
import { ExecutionEventDispatcher } from "./execution-event-dispatcher.js";

/**
 * Reads a run to its end. A handler that rejects ends it. The exit code is that of the official rule
 * (`sdk-behaviour.md` 7).
 */
export async function collectExecution(
  events: AsyncIterable<ServerStreamEvent>,
  handlers: ExecutionHandlers | undefined,
  isBackground = false,
): Promise<Execution> {
  const execution: Execution = { logs: { stdout: [], stderr: [] }, result: [] };
  const dispatcher = new ExecutionEventDispatcher(execution, handlers);
  for await (const event of events) await dispatcher.dispatch(event);
  if (!isBackground)
    execution.exitCode = inferExitCode({ complete: execution.complete !== undefined, error: execution.error });
  return execution;
}
