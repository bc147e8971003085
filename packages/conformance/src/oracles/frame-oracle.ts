import type { DecodedItem, Frame } from "./parsers/decoded.js";
import type { OracleFinding } from "./finding.js";
import { isObject } from "./stream-item.js";

/** A clock may be set while a command runs, but not by a day: a difference beyond it is a broken number. */
const dayMs = 86_400_000;

/**
 * Judges the fields of each event of known type (`execd.md` 2.2): an absent field is its zero value, a field of another
 * JSON type than the documented one is red. Time stamps that are absent, or far from the first one, are reported.
 */
export function frameFindings(items: readonly DecodedItem[]): readonly OracleFinding[] {
  const findings: OracleFinding[] = [];
  let firstStamp: number | undefined;
  for (const [index, item] of items.entries()) {
    if (!("event" in item)) continue;
    const at = `frame ${index + 1}`;
    const wrong = wrongField(item.event);
    if (wrong !== undefined)
      findings.push({ clause: "execd.stream.frames", invariant: "field-type", level: "MUST", ...wrong, at });
    const stamp = item.event["timestamp"];
    if (typeof stamp !== "number" || Math.abs(stamp - (firstStamp ?? stamp)) > dayMs) {
      findings.push({
        clause: "execd.stream.timestamps",
        invariant: "timestamp",
        level: "INFO",
        expected: "Unix milliseconds near those of the first frame",
        observed: stamp ?? null,
        at,
      });
    } else firstStamp ??= stamp;
  }
  return findings;
}

interface WrongField {
  readonly expected: string;
  readonly observed: unknown;
}

function wrongField(event: Frame): WrongField | undefined {
  switch (event["type"]) {
    case "init":
      return typeof event["text"] === "string" && event["text"] !== ""
        ? undefined
        : { expected: "an id in text", observed: event["text"] ?? null };
    case "stdout":
    case "stderr":
      return optional(event, "text", "string");
    case "execution_complete":
      return optional(event, "execution_time", "number");
    case "execution_count":
      return optional(event, "execution_count", "number");
    case "result":
      return isObject(event["results"])
        ? undefined
        : { expected: "an object in results", observed: event["results"] ?? null };
    case "error":
      return wrongError(event["error"]);
    default:
      return undefined;
  }
}

function wrongError(error: unknown): WrongField | undefined {
  if (!isObject(error)) return { expected: "an object in error", observed: error ?? null };
  const wrong = ["ename", "evalue"].find((key) => typeof error[key] !== "string");
  if (wrong !== undefined) return { expected: `text in error.${wrong}`, observed: error[wrong] ?? null };
  const traceback = error["traceback"] ?? [];
  const isList = Array.isArray(traceback) && traceback.every((line) => typeof line === "string");
  return isList ? undefined : { expected: "a list of texts or null in error.traceback", observed: traceback };
}

function optional(event: Frame, key: string, type: "string" | "number"): WrongField | undefined {
  const value = event[key] ?? undefined;
  return value === undefined || typeof value === type
    ? undefined
    : { expected: `a ${type} in ${key}`, observed: value };
}
