import { parseBytes } from "../../oracles/parsers/parse-bytes.js";
import { givesEnd, givesItems, isSse, seesChunks, seesText, textOfChunks } from "./faulty-decode.js";
import type { WrongRule } from "./wrong-rule.js";

const encoder = new TextEncoder();

const decodedAlone = (chunks: readonly Uint8Array[]): readonly Uint8Array[] =>
  chunks.map((chunk) => encoder.encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(chunk)));

/** Parsers that break at chunks, at line ends or in one of the framings. */
export const wrongFramings: readonly WrongRule[] = [
  {
    id: "decode/chunk-by-chunk",
    title: "takes each chunk for a body of its own",
    fails: "rule/decode/any-border",
    rules: {
      decode: (chunks, end) => {
        const parts = chunks.map((chunk) => parseBytes([chunk], "eof"));
        return {
          items: parts.flatMap(({ items }) => items),
          ended: end === "cut" ? "truncated" : (parts.at(-1)?.ended ?? "complete"),
        };
      },
    },
  },
  {
    id: "decode/text-of-each-chunk",
    title: "decodes the text of each chunk alone",
    isConditional: true,
    fails: "rule/decode/split-character",
    rules: { decode: seesChunks((chunks) => (isSse(chunks) ? chunks : decodedAlone(chunks))) },
  },
  {
    id: "decode/sse-text-of-each-chunk",
    title: "decodes the text of each chunk alone, in SSE",
    isConditional: true,
    fails: "rule/decode/sse-split-character",
    rules: { decode: seesChunks((chunks) => (isSse(chunks) ? decodedAlone(chunks) : chunks)) },
  },
  {
    id: "decode/sse-forgets-border",
    title: "loses the byte before a border inside an SSE event",
    isConditional: true,
    fails: "rule/decode/sse-any-border",
    rules: {
      decode: seesChunks((chunks) =>
        isSse(chunks) && chunks.length > 2
          ? chunks.map((chunk, index) => (index === 1 ? chunk.subarray(0, -1) : chunk))
          : chunks,
      ),
    },
  },
  {
    id: "decode/crlf-and-a-cut-character",
    title: "decodes the text of each chunk alone in streams with CRLF",
    isConditional: true,
    fails: "rule/decode/any-stream",
    rules: { decode: seesChunks((chunks) => (textOfChunks(chunks).includes("\r\n") ? decodedAlone(chunks) : chunks)) },
  },
  {
    id: "decode/begins-with-data",
    title: "takes every field whose name begins with data for data",
    isConditional: true,
    fails: "rule/decode/vectors",
    rules: { decode: seesText("sse", (text) => text.replace(/^data\w+:/gm, "data:")) },
  },
  {
    id: "decode/at-most-256-chunks",
    title: "stops reading after 256 chunks",
    isConditional: true,
    fails: "rule/decode/byte-by-byte",
    rules: { decode: seesChunks((chunks) => chunks.slice(0, 256)) },
  },
  {
    id: "decode/empty-chunk-is-end",
    title: "takes an empty chunk for the end of the body",
    isConditional: true,
    fails: "rule/decode/empty-chunks",
    rules: {
      decode: seesChunks((chunks) =>
        chunks.some(({ length }) => length === 0)
          ? chunks.slice(
              0,
              chunks.findIndex(({ length }) => length === 0),
            )
          : chunks,
      ),
    },
  },
  {
    id: "decode/eager-and-again",
    title: "gives a frame when its last brace has come, and again with its line end",
    isConditional: true,
    fails: "rule/decode/line-end-apart",
    rules: {
      decode: seesChunks((chunks) =>
        isSse(chunks)
          ? chunks
          : chunks.flatMap((chunk, index) =>
              index < chunks.length - 1 && chunk.at(-1) === 0x7d && chunks[index + 1]?.[0] === 0x0a
                ? [chunk, encoder.encode('\n{"type":"ping","text":"pong","timestamp":1}')]
                : [chunk],
            ),
      ),
    },
  },
  {
    id: "decode/cut-rubbish-vanishes",
    title: "passes over a malformed line that came in two chunks",
    isConditional: true,
    fails: "rule/decode/border-independent",
    rules: {
      decode: (chunks, end) => {
        const decoded = parseBytes(chunks, end);
        return chunks.filter(({ length }) => length > 0).length < 2
          ? decoded
          : { ...decoded, items: decoded.items.filter((item) => !("malformed" in item)) };
      },
    },
  },
  {
    id: "decode/bare-cr-is-no-line-end",
    title: "ends lines of bare streams at LF only",
    fails: "rule/decode/bare-cr",
    rules: { decode: seesText("bare", (text) => text.replace(/\r(?!\n)/g, " ")) },
  },
  {
    id: "decode/sse-cr-is-no-line-end",
    title: "ends lines of SSE at LF only",
    fails: "rule/decode/sse-cr",
    rules: { decode: seesText("sse", (text) => text.replace(/\r(?!\n)/g, " ")) },
  },
  {
    id: "decode/bare-keeps-cr",
    title: "keeps the CR of CRLF in a bare frame",
    fails: "rule/decode/bare-crlf",
    rules: { decode: seesText("bare", (text) => text.replaceAll("}\r\n", "}\u0001\n")) },
  },
  {
    id: "decode/sse-keeps-cr",
    title: "keeps the CR of CRLF in SSE: no line is blank",
    fails: "rule/decode/sse-crlf",
    rules: { decode: seesText("sse", (text) => text.replaceAll("\r\n", "\u0001\n")) },
  },
  {
    id: "decode/cr-lf-counts-twice",
    title: "counts CR and LF in two chunks as two line ends",
    isConditional: true,
    fails: "rule/decode/cr-at-chunk-end",
    rules: {
      decode: seesChunks((chunks) =>
        chunks.flatMap((chunk, index) =>
          index > 0 && chunk[0] === 0x0a && chunks[index - 1]?.at(-1) === 0x0d
            ? [encoder.encode("\n"), chunk]
            : [chunk],
        ),
      ),
    },
  },
  {
    id: "decode/no-sse",
    title: "knows bare frames only",
    fails: "rule/decode/sse",
    rules: { decode: seesChunks((chunks) => (isSse(chunks) ? [encoder.encode("{}\n"), ...chunks] : chunks)) },
  },
  {
    id: "decode/only-sse",
    title: "knows standard SSE only: bare lines are fields to pass over",
    fails: "rule/decode/bare",
    rules: {
      decode: (chunks, end) =>
        isSse(chunks) ? parseBytes(chunks, end) : { items: [], ended: end === "cut" ? "truncated" : "complete" },
    },
  },
  {
    id: "decode/sse-needs-space",
    title: "needs the space after data:",
    fails: "rule/decode/sse-no-space",
    rules: { decode: seesText("sse", (text) => text.replace(/^data:(?! )/gm, "x:")) },
  },
  {
    id: "decode/sse-line-is-event",
    title: "takes each data line for an event",
    fails: "rule/decode/sse-multi-line",
    rules: { decode: seesText("sse", (text) => text.replace(/(\r\n|\r|\n)data/g, "$1$1data")) },
  },
  {
    id: "decode/sse-named-events-vanish",
    title: "passes over events that have a name",
    fails: "rule/decode/sse-other-fields",
    rules: { decode: seesText("sse", (text) => text.replace(/^event: \w+\ndata: .*$/gm, ":")) },
  },
  {
    id: "decode/sse-comments-are-frames",
    title: "takes comments of SSE for frames",
    fails: "rule/decode/sse-comments",
    rules: { decode: seesText("sse", (text) => text.replace(/^:/gm, "{")) },
  },
  {
    id: "decode/sse-empty-events-are-frames",
    title: "takes an SSE event without data for a frame",
    fails: "rule/decode/sse-empty-events",
    rules: { decode: seesText("sse", (text) => text.replace(/^(event: ping|data:?|id: 1)\n\n/gm, "data: x\n\n")) },
  },
  {
    id: "decode/bare-comments-are-frames",
    title: "takes comments of bare streams for frames",
    fails: "rule/decode/bare-comments",
    rules: { decode: seesText("bare", (text) => text.replace(/^:/gm, "{")) },
  },
  {
    id: "decode/blank-line-between-frames",
    title: "cuts bare frames at blank lines only",
    fails: "rule/decode/bare-one-line-end",
    rules: { decode: seesText("bare", (text) => text.replace(/(?<![\r\n])(\r\n|\r|\n)(?![\r\n])(?=.)/g, " ")) },
  },
  {
    id: "decode/many-blank-lines-are-the-end",
    title: "takes three blank lines for the end of the body",
    isConditional: true,
    fails: "rule/decode/bare-blank-lines",
    rules: { decode: seesText("bare", (text) => text.split("\n\n\n\n")[0] ?? "") },
  },
  {
    id: "decode/byte-order-mark-is-text",
    title: "keeps the byte order mark",
    fails: "rule/decode/byte-order-mark",
    rules: { decode: seesText("both", (text) => (text.startsWith("\ufeff") ? `\ufeff${text}` : text)) },
  },
  {
    id: "decode/byte-order-mark-in-one-piece",
    title: "knows a byte order mark only when the first chunk has all of it",
    isConditional: true,
    fails: "rule/decode/byte-order-mark-split",
    rules: {
      decode: seesChunks((chunks) =>
        (chunks[0]?.length ?? 3) < 3 && textOfChunks(chunks).startsWith("\ufeff")
          ? [encoder.encode("\ufeff"), ...chunks]
          : chunks,
      ),
    },
  },
  {
    id: "decode/frame-begins-a-line",
    title: "passes over bare frames with white space before them",
    fails: "rule/decode/white-space",
    rules: { decode: seesText("bare", (text) => text.replace(/^[ \t]+.*$/gm, "")) },
  },
  {
    id: "decode/128-frames-in-a-chunk",
    title: "loses what comes after 128 frames of a chunk",
    isConditional: true,
    fails: "rule/decode/many-frames",
    rules: {
      decode: (chunks, end) => {
        const decoded = parseBytes(chunks, end);
        return chunks.length === 1 ? { ...decoded, items: decoded.items.slice(0, 128) } : decoded;
      },
    },
  },
  {
    id: "decode/malformed-vanishes",
    title: "passes over bare lines that are no frames",
    fails: "rule/decode/malformed",
    rules: {
      decode: (chunks, end) =>
        isSse(chunks)
          ? parseBytes(chunks, end)
          : givesItems((items) => items.filter((item) => !("malformed" in item)))(chunks, end, ""),
    },
  },
  {
    id: "decode/sse-malformed-vanishes",
    title: "passes over SSE events that are no frames",
    fails: "rule/decode/sse-malformed",
    rules: {
      decode: (chunks, end) =>
        isSse(chunks)
          ? givesItems((items) => items.filter((item) => !("malformed" in item)))(chunks, end, "")
          : parseBytes(chunks, end),
    },
  },
  {
    id: "decode/malformed-forgets-the-rest",
    title: "gives nothing of a stream with a malformed frame",
    fails: "rule/decode/malformed",
    rules: {
      decode: givesEnd((decoded) =>
        decoded.items.some((item) => "malformed" in item) ? { items: [], ended: "error" } : decoded,
      ),
    },
  },
];
