import type { ExecutionEvent, OutputEvent } from "@rxsandbox/protocol";

export type OutputStream = OutputEvent["type"];

/** Tells output events of one stream, or of both. */
export function isOutput(event: ExecutionEvent, stream?: OutputStream): event is OutputEvent {
  return stream === undefined ? event.type === "stdout" || event.type === "stderr" : event.type === stream;
}

/**
 * Returns the text of an output event as the command wrote it.
 *
 * A line gets its line end back, unless it carries one already, as a blank line does (`execd.md` 11.7). A chunk is text
 * as it came. A last line without a line end gets one too: the daemon does not tell whether there was one.
 */
export function writtenText({ text, unit }: OutputEvent): string {
  return unit === "chunk" || text.endsWith("\n") ? text : `${text}\n`;
}
