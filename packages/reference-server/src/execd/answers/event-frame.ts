import { encodeJson } from "../../shared/go-json/encode-json.js";

/** How frames are delimited: bare JSON and a blank line, or `data:` lines (`execd.md` 2.1). */
export type Framing = "bare" | "sse";

/** The members of an event after `type` and `text`, in wire order; zero values are left out (`execd.md` 2.1, 2.2). */
export interface EventMembers {
  readonly executionCount?: number;
  readonly executionTimeMs?: number;
  readonly results?: Readonly<Record<string, unknown>>;
  /** `CommandExecError` unless it has a name. */
  readonly error?: { readonly ename?: string; readonly evalue: string; readonly traceback: readonly string[] | null };
}

/** One event without its delimiters. `textJson` is the text already escaped, without quotes. */
export function encodeEvent(type: string, textJson: string, timestampMs: number, members: EventMembers = {}): string {
  const text = textJson === "" ? "" : `,"text":"${textJson}"`;
  const count = (members.executionCount ?? 0) === 0 ? "" : `,"execution_count":${members.executionCount}`;
  const time = (members.executionTimeMs ?? 0) === 0 ? "" : `,"execution_time":${members.executionTimeMs}`;
  const results = members.results === undefined ? "" : `,"results":${encodeJson(members.results)}`;
  return `{"type":"${type}"${text}${count}${time},"timestamp":${timestampMs}${results}${encodeErrorMember(members)}}`;
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
