import type { Execution, ExecutionHandlers, OutputMessage, ServerStreamEvent } from "../models/execution.js";

/** Outside of the class, whose type has public members only: an object of the official package fits it. */
const internals = new WeakMap<
  ExecutionEventDispatcher,
  { readonly execution: Execution; readonly handlers: ExecutionHandlers }
>();

/** Folds events into an execution and calls handlers, one event at a time. */
export class ExecutionEventDispatcher {
  constructor(execution: Execution, handlers: ExecutionHandlers = {}) {
    internals.set(this, { execution, handlers });
  }

  /** Resolves when every handler of the event is done; rejects with what one throws. */
  async dispatch(ev: ServerStreamEvent): Promise<void> {
    const { execution, handlers } = internals.get(this)!;
    if (handlers.onEvent !== undefined) await handlers.onEvent(ev);
    const timestamp = ev.timestamp ?? 0;
    switch (ev.type) {
      case "init":
        execution.id = ev.text ?? "";
        return handlers.onInit?.({ id: execution.id, timestamp });
      case "stdout":
        return output(
          handlers,
          { text: ev.text ?? "", timestamp, isError: false },
          execution.logs.stdout,
          handlers.onStdout,
        );
      case "stderr":
        return output(
          handlers,
          { text: ev.text ?? "", timestamp, isError: true },
          execution.logs.stderr,
          handlers.onStderr,
        );
      case "result": {
        const raw = ev.results ?? {};
        const text = raw["text/plain"] ?? raw["text"] ?? raw["textPlain"];
        const result = { timestamp, raw, ...(text !== undefined && { text: String(text) }) };
        execution.result.push(result);
        return handlers.onResult?.(result);
      }
      case "execution_count":
        if (typeof ev["execution_count"] === "number") execution.executionCount = ev["execution_count"];
        return;
      case "execution_complete":
        execution.complete = {
          timestamp,
          executionTimeMs: typeof ev["execution_time"] === "number" ? ev["execution_time"] : 0,
        };
        return handlers.onExecutionComplete?.(execution.complete);
      case "error":
        execution.error = { ...readError(ev.error ?? {}), timestamp };
        return handlers.onError?.(execution.error);
    }
  }
}

function output(
  handlers: ExecutionHandlers,
  message: OutputMessage,
  kept: OutputMessage[],
  handler: ExecutionHandlers["onStdout"],
): void | Promise<void> {
  if (handlers.skipAccumulation !== true) kept.push(message);
  return handler?.(message);
}

function readError({ ename, evalue, name, value, traceback }: Record<string, unknown>): {
  name: string;
  value: string;
  traceback: string[];
} {
  return {
    name: String(ename ?? name ?? ""),
    value: String(evalue ?? value ?? ""),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
  };
}
