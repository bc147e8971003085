import type { ExecutionError, ExecutionEvent, TextUnit } from "../execution-event.js";

type Raw = Readonly<Record<string, unknown>>;

/**
 * Turns one frame of an execution stream into an event (`execd.md` 2.2). Never throws and never drops anything.
 *
 * - Absent and `null` fields are zero values, since the daemon leaves empty and zero fields out.
 * - A field that carries meaning (`text`, `results`, `execution_count`) and has another JSON type than it should makes
 *   the frame an {@link UnknownEvent} under its own `wireType`: the value is kept as it came.
 * - `error` and `execution_complete` mean an end whatever their fields hold. Degrading them would turn a reported
 *   failure into a success or an end into a lost stream, so what can be read of them is kept and the rest is empty.
 * - A `timestamp` that is not a finite number counts as absent.
 *
 * @param raw - one JSON object with its string `type`
 * @param unit - what a text event of this endpoint is: `"line"` for commands and sessions, `"chunk"` for code
 */
export function fromWireEvent(raw: Raw, unit: TextUnit): ExecutionEvent {
  const timestamp = finiteOrZero(raw["timestamp"]);
  const type = raw["type"];
  switch (type) {
    case "stdout":
    case "stderr": {
      const text = textOf(raw["text"]);
      return text === undefined ? unknown(type, raw, timestamp) : { type, text, unit, timestamp };
    }
    case "ping":
      return { type, timestamp };
    case "init": {
      const id = textOf(raw["text"]);
      return id === undefined ? unknown(type, raw, timestamp) : { type, id, timestamp };
    }
    case "execution_complete":
      return { type, executionTimeMs: finiteOrZero(raw["execution_time"]), timestamp };
    case "error":
      return { type, error: executionErrorOf(raw["error"]), timestamp };
    case "result": {
      const results = raw["results"] ?? {};
      return isRecord(results) ? { type, results, timestamp } : unknown(type, raw, timestamp);
    }
    case "status": {
      const text = textOf(raw["text"]);
      return text === undefined ? unknown(type, raw, timestamp) : { type, text, timestamp };
    }
    case "execution_count": {
      const count = raw["execution_count"] ?? 0;
      return typeof count === "number" && Number.isFinite(count)
        ? { type, executionCount: count, timestamp }
        : unknown(type, raw, timestamp);
    }
    default:
      return unknown(typeof type === "string" ? type : "", raw, timestamp);
  }
}

function unknown(wireType: string, raw: Raw, timestamp: number): ExecutionEvent {
  return { type: "unknown", wireType, raw, timestamp };
}

function executionErrorOf(value: unknown): ExecutionError {
  if (!isRecord(value)) return { name: "", value: scalarText(value), traceback: [] };
  const traceback = value["traceback"];
  return {
    name: scalarText(value["ename"]),
    value: scalarText(value["evalue"]),
    traceback: Array.isArray(traceback) ? traceback.map(scalarText) : [],
  };
}

/** A server that sends the exit code as a number means that number. */
function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : undefined;
}

/** JSON has no infinity, but `JSON.parse("1e999")` does. */
function finiteOrZero(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function isRecord(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
