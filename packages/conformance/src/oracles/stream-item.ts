import type { DecodedItem } from "./parsers/decoded.js";

/** The type of an event, `envelope` or `malformed`. */
export function nameOf(item: DecodedItem): string {
  if ("event" in item) return String(item.event["type"]);
  return "envelope" in item ? "envelope" : "malformed";
}

/** Whether an item says that the execution is over: `error`, `execution_complete` or an envelope (`execd.md` 2.2). */
export function isEnd(item: DecodedItem): boolean {
  return ["error", "execution_complete", "envelope"].includes(nameOf(item));
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
