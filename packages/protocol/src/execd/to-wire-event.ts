import type { ExecutionEvent } from "../execution-event.js";
import type { WireExecutionEvent } from "./wire.js";

/**
 * Turns an event back into the frame that a daemon would send (`execd.md` 2.2): keys in the daemon's order, empty and
 * zero fields left out, an empty traceback as `null`. `fromWireEvent(toWireEvent(event), unit)` is the event again.
 *
 * An event of unknown type gives back its raw value, the same object.
 */
export function toWireEvent(event: ExecutionEvent): WireExecutionEvent | Readonly<Record<string, unknown>> {
  const stamp = event.timestamp === 0 ? {} : { timestamp: event.timestamp };
  switch (event.type) {
    case "init":
      return { type: event.type, ...textField(event.id), ...stamp };
    case "stdout":
    case "stderr":
    case "status":
      return { type: event.type, ...textField(event.text), ...stamp };
    case "ping":
      return { type: event.type, text: "pong", ...stamp };
    case "execution_count":
      return {
        type: event.type,
        ...(event.executionCount === 0 ? {} : { execution_count: event.executionCount }),
        ...stamp,
      };
    case "execution_complete":
      return {
        type: event.type,
        ...(event.executionTimeMs === 0 ? {} : { execution_time: event.executionTimeMs }),
        ...stamp,
      };
    case "result":
      return {
        type: event.type,
        ...stamp,
        ...(Object.keys(event.results).length === 0 ? {} : { results: event.results }),
      };
    case "error": {
      const { name, value, traceback } = event.error;
      return {
        type: event.type,
        ...stamp,
        error: { ename: name, evalue: value, traceback: traceback.length === 0 ? null : traceback },
      };
    }
    case "unknown":
      return event.raw;
  }
}

function textField(text: string): { readonly text?: string } {
  return text === "" ? {} : { text };
}
