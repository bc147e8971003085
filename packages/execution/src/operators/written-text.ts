import type { ExecutionEvent, OutputEvent } from "@rxsandbox/protocol";

export type OutputStream = OutputEvent["type"];

/** Tells output events of one stream, or of both. */
export function isOutput(event: ExecutionEvent, stream?: OutputStream): event is OutputEvent {
  return stream === undefined ? event.type === "stdout" || event.type === "stderr" : event.type === stream;
}

/**
 * The text of an output event with its line end back: a line gets one unless it carries it, as a blank line does
 * (`execd.md` 11.7); a chunk is text as it came.
 */
export function writtenText({ text, unit }: OutputEvent): string {
  return unit === "chunk" || text.endsWith("\n") ? text : `${text}\n`;
}
