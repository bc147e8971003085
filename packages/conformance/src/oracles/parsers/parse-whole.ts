import type { BodyEnd, Decoded, DecodedItem } from "./decoded.js";

/**
 * Parses one event stream the simple way: all bytes, one string, lines.
 *
 * The grammar (`execd.md` 2.1):
 *
 * - A line ends in LF, CR or CRLF. A byte order mark at the very start is skipped. Invalid UTF-8 is replaced.
 * - The first line that is neither blank nor a comment (`:`) decides the framing: one of the fields `data`, `event`,
 *   `id` and `retry` means standard SSE, everything else bare JSON.
 * - Bare: each line that is neither blank nor a comment is a frame. What is left at the end of the body is a frame if
 *   it is one object, else the body is truncated.
 * - SSE: the `data` lines up to a blank line, joined by LF, are a frame unless blank; other fields are ignored. A last
 *   event without its blank line counts as if it were left over of a bare stream. A line that begins with a brace is a
 *   bare frame.
 * - An object with a string `type` is an event, one without any `type` but with a string `code` or `message` an
 *   envelope; all else is malformed.
 *
 * After a broken connection what is left over is never a frame, and the body is truncated.
 */
export function parseWhole(chunks: readonly Uint8Array[], end: BodyEnd): Decoded {
  const lines = joined(chunks).split(/\r\n|\r|\n/);
  const rest = lines.pop() ?? "";
  const first = [...lines, rest].find((line) => line.trim() !== "" && !line.startsWith(":"));
  const isSse = first !== undefined && /^(data|event|id|retry)(:|$)/.test(first);
  const { items, left } = isSse ? sse(lines, rest) : bare(lines, rest);
  if (end === "cut") return { items, ended: "truncated" };
  const last = left.trim() === "" ? undefined : frame(left);
  if (last === undefined) return { items, ended: left.trim() === "" ? "complete" : "truncated" };
  return { items: [...items, last], ended: "complete" };
}

interface Lines {
  readonly items: readonly DecodedItem[];
  /** What the end of the body completes or cuts. */
  readonly left: string;
}

function bare(lines: readonly string[], rest: string): Lines {
  const items = lines.filter((line) => line.trim() !== "" && !line.startsWith(":")).map(whole);
  return { items, left: rest.startsWith(":") ? "" : rest };
}

function sse(lines: readonly string[], rest: string): Lines {
  const items: DecodedItem[] = [];
  let data: string[] = [];
  const dispatch = (): void => {
    const text = data.join("\n");
    data = [];
    if (text.trim() !== "") items.push(whole(text));
  };
  for (const line of lines) {
    if (line === "") dispatch();
    else if (line.startsWith("{")) {
      dispatch();
      items.push(whole(line));
    } else data.push(...dataOf(line));
  }
  if (!rest.startsWith("{")) return { items, left: [...data, ...dataOf(rest)].join("\n") };
  dispatch();
  return { items, left: rest };
}

/** The value of a `data` line; nothing for any other line. */
function dataOf(line: string): readonly string[] {
  const colon = line.indexOf(":");
  const name = colon === -1 ? line : line.slice(0, colon);
  if (name !== "data") return [];
  return [colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "")];
}

function whole(text: string): DecodedItem {
  return frame(text) ?? { malformed: true };
}

/** The item of one frame; `undefined` when the text is not one object. */
function frame(text: string): DecodedItem | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { type, code, message } = value as Readonly<Record<string, unknown>>;
  if (typeof type === "string") return { event: value as Readonly<Record<string, unknown>> };
  if (type !== undefined || (typeof code !== "string" && typeof message !== "string")) return { malformed: true };
  return {
    envelope: { ...(typeof code === "string" ? { code } : {}), ...(typeof message === "string" ? { message } : {}) },
  };
}

function joined(chunks: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(bytes);
}
