import { encodeJson } from "./go-json/encode-json.js";

/** How frames are delimited: bare JSON and a blank line, or `data:` lines (`execd.md` 2.1). */
export type Framing = "bare" | "sse";

/** The members of an event after `type` and `text`, in wire order; zero values are left out (`execd.md` 2.1, 2.2). */
export interface EventMembers {
  readonly executionTimeMs?: number;
  readonly error?: { readonly evalue: string; readonly traceback: readonly string[] };
}

/** One event without its delimiters. `textJson` is the text already escaped, without quotes. */
export function encodeEvent(type: string, textJson: string, timestampMs: number, members: EventMembers = {}): string {
  const text = textJson === "" ? "" : `,"text":"${textJson}"`;
  const time = (members.executionTimeMs ?? 0) === 0 ? "" : `,"execution_time":${members.executionTimeMs}`;
  return `{"type":"${type}"${text}${time},"timestamp":${timestampMs}${encodeErrorMember(members)}}`;
}

/** The JSON error body that ends a started stream; it has no delimiter in either framing (`execd.md` 2.2). */
export function encodeEnvelope(message: string): string {
  return encodeJson({ code: "RUNTIME_ERROR", message });
}

/** What stands before and after each event. */
export function frameDelimiters(framing: Framing): { readonly before: string; readonly after: string } {
  return { before: framing === "sse" ? "data: " : "", after: "\n\n" };
}

function encodeErrorMember(members: EventMembers): string {
  if (members.error === undefined) return "";
  return `,"error":${encodeJson({ ename: "CommandExecError", ...members.error })}`;
}
