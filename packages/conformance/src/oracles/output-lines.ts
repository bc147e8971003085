import type { DecodedItem } from "./parsers/decoded.js";

/** What a program wrote, as lines without terminators. */
export type Lines = readonly string[];

/**
 * The lines of output that a program wrote: pieces between LFs. A last piece without LF is a line too, an empty one is
 * none.
 */
export function writtenLines(output: string): Lines {
  const lines = output.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/**
 * The lines that output events stand for (`execd.md` 2.3). Terminators are stripped on the wire, so an event is its
 * text and a line end; `"\n"` and `""` are a blank line; a server that keeps terminators, or joins lines, shows the
 * same lines.
 */
export function streamedLines(items: readonly DecodedItem[], stream: "stdout" | "stderr"): Lines {
  return items.flatMap((item) => {
    if (!("event" in item) || item.event["type"] !== stream) return [];
    const text = item.event["text"] ?? "";
    if (typeof text !== "string") return [];
    if (text === "" || text === "\n") return [""];
    return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  });
}
