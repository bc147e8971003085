import { parseBytes } from "../../oracles/parsers/parse-bytes.js";
import type { BodyEnd, Decoded, DecodedItem, Frame } from "../../oracles/parsers/decoded.js";
import type { RuleFunctions } from "../../rules/rules-in-process.js";

type Decode = NonNullable<RuleFunctions["decode"]>;

const encoder = new TextEncoder();

/** The chunks joined, as text. */
export function textOfChunks(chunks: readonly Uint8Array[]): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(chunks));
}

/** Whether a body is standard SSE, to plant a fault in one framing only. */
export function isSse(chunks: readonly Uint8Array[]): boolean {
  return /^\ufeff?(\s|:.*[\r\n])*(data|event|id|retry)(:|[\r\n])/.test(textOfChunks(chunks));
}

/** A parser that sees other chunks than came. */
export function seesChunks(change: (chunks: readonly Uint8Array[], end: BodyEnd) => readonly Uint8Array[]): Decode {
  return (chunks, end) => parseBytes(change(chunks, end), end);
}

/** A parser that sees another text than came, in one framing or in both. */
export function seesText(framing: "bare" | "sse" | "both", change: (text: string) => string): Decode {
  return seesChunks((chunks) =>
    framing === "both" || (framing === "sse") === isSse(chunks)
      ? [encoder.encode(change(textOfChunks(chunks)))]
      : chunks,
  );
}

/** A parser that gives other items than it read. */
export function givesItems(
  change: (items: readonly DecodedItem[], decoded: Decoded) => readonly DecodedItem[],
): Decode {
  return (chunks, end) => {
    const decoded = parseBytes(chunks, end);
    return { ...decoded, items: change(decoded.items, decoded) };
  };
}

/** A parser that gives other events than it read. */
export function givesEvents(change: (event: Frame) => Frame): Decode {
  return givesItems((items) => items.map((item) => ("event" in item ? { event: change(item.event) } : item)));
}

/** A parser that gives other texts than it read. */
export function givesTexts(change: (text: string) => string): Decode {
  return givesEvents((event) =>
    (event["type"] === "stdout" || event["type"] === "stderr") && typeof event["text"] === "string"
      ? { ...event, text: change(event["text"]) }
      : event,
  );
}

/** A parser that says otherwise how a body ended. */
export function givesEnd(change: (decoded: Decoded, chunks: readonly Uint8Array[], end: BodyEnd) => Decoded): Decode {
  return (chunks, end) => change(parseBytes(chunks, end), chunks, end);
}
