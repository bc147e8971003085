import type { Execution, ExecutionHandlers, OutputMessage, ServerStreamEvent } from "../models/execution.js";

/** Folds events into an execution and tells handlers, one event at a time. */
export class ExecutionEventDispatcher {
  readonly #execution: Execution;
  readonly #handlers: ExecutionHandlers;

  constructor(execution: Execution, handlers: ExecutionHandlers = {}) {
    this.#execution = execution;
    this.#handlers = handlers;
  }

  /** Resolves when every handler of the event is done; rejects with what one throws. */
  async dispatch(ev: ServerStreamEvent): Promise<void> {
    const execution = this.#execution;
    const handlers = this.#handlers;
    if (handlers.onEvent !== undefined) await handlers.onEvent(ev);
    const timestamp = ev.timestamp ?? 0;
    switch (ev.type) {
      case "init":
        execution.id = ev.text ?? "";
        return handlers.onInit?.({ id: execution.id, timestamp });
      case "stdout":
        return this.#output({ text: ev.text ?? "", timestamp, isError: false }, execution.logs.stdout, handlers.onStdout);
      case "stderr":
        return this.#output({ text: ev.text ?? "", timestamp, isError: true }, execution.logs.stderr, handlers.onStderr);
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
        execution.complete = { timestamp, executionTimeMs: typeof ev["execution_time"] === "number" ? ev["execution_time"] : 0 };
        return handlers.onExecutionComplete?.(execution.complete);
      case "error":
        execution.error = { ...readError(ev.error ?? {}), timestamp };
        return handlers.onError?.(execution.error);
    }
  }

  #output(message: OutputMessage, kept: OutputMessage[], handler: ExecutionHandlers["onStdout"]): void | Promise<void> {
    if (this.#handlers.skipAccumulation !== true) kept.push(message);
    return handler?.(message);
  }
}

function readError({ ename, evalue, name, value, traceback }: Record<string, unknown>): { name: string; value: string; traceback: string[] } {
  return { name: String(ename ?? name ?? ""), value: String(evalue ?? value ?? ""), traceback: Array.isArray(traceback) ? traceback.map(String) : [] };
}
