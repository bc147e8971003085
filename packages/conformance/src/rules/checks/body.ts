import type { Decoded, DecodedItem, Envelope, Frame } from "../../oracles/parsers/decoded.js";

/** Bytes, and what they decode to by construction. */
export interface Body {
  readonly text: string;
  readonly items: readonly DecodedItem[];
  readonly ended: readonly Decoded["ended"][];
}

/** How frames are put on the wire. */
export interface Spelling {
  readonly framing: "bare" | "sse";
  readonly lineEnd?: "\n" | "\r" | "\r\n";
  /** Line ends between two bare frames; a daemon sends two. Default 2. */
  readonly lineEnds?: number;
  /** What stands before the JSON of an SSE event. Default `data: `. */
  readonly prefix?: string;
}

const escaped: Readonly<Record<string, string>> = {
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
};

/** Writes one frame as the daemon escapes it (`execd.md` 1). */
export function json(frame: Frame | Envelope): string {
  return JSON.stringify(frame).replace(/[<>&\u2028\u2029]/g, (char) => escaped[char] ?? char);
}

/** Writes whole frames, each with its line ends (`execd.md` 2.1). */
export function bodyOf(
  frames: readonly Frame[],
  { framing, lineEnd = "\n", lineEnds = 2, prefix = "data: " }: Spelling,
): Body {
  const before = framing === "sse" ? prefix : "";
  const after = lineEnd.repeat(framing === "sse" ? 2 : lineEnds);
  return {
    text: frames.map((frame) => before + json(frame) + after).join(""),
    items: frames.map((event) => ({ event })),
    ended: ["complete"],
  };
}
