import type { DecodedItem } from "../../oracles/parsers/decoded.js";
import { parseBytes } from "../../oracles/parsers/parse-bytes.js";
import { givesEnd, givesEvents, givesItems, givesTexts, isSse, seesText } from "./faulty-decode.js";
import type { WrongRule } from "./wrong-rule.js";

const typeOf = (item: DecodedItem | undefined): unknown =>
  item !== undefined && "event" in item ? item.event["type"] : undefined;
const envelopeAs = (change: (item: Extract<DecodedItem, { readonly envelope: unknown }>) => DecodedItem) =>
  givesItems((items) => items.map((item) => ("envelope" in item ? change(item) : item)));

/** The next request of this rule finds what the last one left over. */
function leftOver(): WrongRule["rules"] {
  let rest = false;
  return {
    decode: (chunks, end) => {
      const decoded = parseBytes(chunks, end);
      const items = rest ? [{ malformed: true as const }, ...decoded.items] : decoded.items;
      rest = decoded.ended === "truncated" && end === "eof" && !rest;
      return { ...decoded, items };
    },
  };
}

/** Parsers that lose, change or add events, or tell the wrong end. */
export const wrongEvents: readonly WrongRule[] = [
  {
    id: "decode/latin-1",
    title: "reads text as Latin-1",
    fails: "rule/decode/wide-text",
    rules: { decode: givesTexts((text) => Buffer.from(text).toString("latin1")) },
  },
  {
    id: "decode/unescapes-twice",
    title: "undoes escapes again",
    fails: "rule/decode/escapes",
    rules: { decode: givesTexts((text) => text.replaceAll("\\n", "\n").replaceAll("\\u0041", "A")) },
  },
  {
    id: "decode/leaves-daemon-escapes",
    title: "leaves the escapes that JSON does not need",
    fails: "rule/decode/daemon-escapes",
    rules: { decode: seesText("bare", (text) => text.replace(/\\u(003c|003e|0026|2028|2029)/g, "\\\\u$1")) },
  },
  {
    id: "decode/trims-text",
    title: "trims spaces and tabs of texts",
    fails: "rule/decode/spaces-in-text",
    rules: { decode: givesTexts((text) => text.replace(/^[ \t]+|[ \t]+$/g, "")) },
  },
  {
    id: "decode/blank-line-is-empty",
    title: "gives a blank line as an empty text",
    fails: "rule/decode/blank-line",
    rules: { decode: givesTexts((text) => (text === "\n" ? "" : text)) },
  },
  {
    id: "decode/one-kind-of-line-end",
    title: "makes every line end in a text LF",
    fails: "rule/decode/line-ends-in-text",
    rules: { decode: givesTexts((text) => text.replace(/\r\n?/g, "\n")) },
  },
  {
    id: "decode/unicode-line-ends",
    title: "ends lines wherever Unicode does",
    fails: "rule/decode/unicode-line-ends",
    rules: { decode: seesText("bare", (text) => text.replace(/[\u0085\u2028\u2029]/g, "\n")) },
  },
  {
    id: "decode/done-is-the-end",
    title: "takes [DONE] anywhere in a line for the end",
    fails: "rule/decode/text-like-frames",
    rules: { decode: seesText("bare", (text) => text.replace(/^.*\[DONE\][\s\S]*/m, "")) },
  },
  {
    id: "decode/strips-data-everywhere",
    title: "strips data: wherever it stands",
    fails: "rule/decode/text-like-fields",
    rules: { decode: seesText("bare", (text) => text.replaceAll("data: ", "").replaceAll("data:", "")) },
  },
  {
    id: "decode/one-ping",
    title: "gives the first ping only",
    isConditional: true,
    fails: "rule/decode/pings",
    rules: {
      decode: givesItems((items) =>
        items.filter(
          (item, index) => typeOf(item) !== "ping" || items.findIndex((other) => typeOf(other) === "ping") === index,
        ),
      ),
    },
  },
  {
    id: "decode/stderr-last",
    title: "gives standard error after all else",
    fails: "rule/decode/order",
    rules: {
      decode: givesItems((items) => [
        ...items.filter((item) => typeOf(item) !== "stderr"),
        ...items.filter((item) => typeOf(item) === "stderr"),
      ]),
    },
  },
  {
    id: "decode/the-17th-equal-frame",
    title: "loses the 17th of equal frames",
    isConditional: true,
    fails: "rule/decode/equal-frames",
    rules: {
      decode: givesItems((items) =>
        items.filter(
          (item, index) =>
            index < 16 ||
            !items.slice(index - 16, index).every((other) => JSON.stringify(other) === JSON.stringify(item)),
        ),
      ),
    },
  },
  {
    id: "decode/first-line-of-traceback",
    title: "keeps one line of a traceback",
    isConditional: true,
    fails: "rule/decode/errors",
    rules: {
      decode: givesEvents((event) => {
        const error = event["error"] as { readonly traceback?: readonly string[] | null } | undefined;
        return Array.isArray(error?.traceback)
          ? { ...event, error: { ...error, traceback: error.traceback.slice(0, 1) } }
          : event;
      }),
    },
  },
  {
    id: "decode/results-without-null",
    title: "leaves out results that are null or objects",
    isConditional: true,
    fails: "rule/decode/results",
    rules: {
      decode: givesEvents((event) =>
        event["type"] === "result"
          ? {
              ...event,
              results: Object.fromEntries(
                Object.entries(event["results"] ?? {}).filter(([, value]) => typeof value === "string"),
              ),
            }
          : event,
      ),
    },
  },
  {
    id: "decode/unknown-types-vanish",
    title: "passes over events of unknown type",
    fails: "rule/decode/unknown-types",
    rules: {
      decode: givesItems((items) =>
        items.filter((item) => !["display_data", "progress", "x"].includes(String(typeOf(item)))),
      ),
    },
  },
  {
    id: "decode/42-bit-integers",
    title: "cuts integers at 42 bits",
    isConditional: true,
    fails: "rule/decode/large-numbers",
    rules: { decode: givesEvents((event) => ({ ...event, timestamp: Number(event["timestamp"] ?? 0) % 2 ** 42 })) },
  },
  {
    id: "decode/type-comes-first",
    title: "passes over frames whose first key is not type",
    fails: "rule/decode/key-order",
    rules: {
      decode: seesText("bare", (text) =>
        text
          .replace(/^\{"timestamp".*$/gm, "")
          .replace(/^\{"error".*$/gm, "")
          .replace(/^\{"results".*$/gm, ""),
      ),
    },
  },
  {
    id: "decode/64-kib-of-text",
    title: "cuts texts at 64 KiB",
    isConditional: true,
    fails: "rule/decode/above-64-kib",
    rules: { decode: givesTexts((text) => text.slice(0, 65_536)) },
  },
  {
    id: "decode/one-mib-vanishes",
    title: "passes over events of 1 MiB",
    isConditional: true,
    fails: "rule/decode/one-mib",
    rules: {
      decode: givesItems((items) =>
        items.filter((item) => !("event" in item) || String(item.event["text"] ?? "").length < 1_048_576),
      ),
    },
  },
  {
    id: "decode/envelope-is-an-event",
    title: "gives an envelope as an event",
    fails: "rule/decode/envelope",
    rules: { decode: envelopeAs(({ envelope }) => ({ event: { ...envelope } })) },
  },
  {
    id: "decode/envelope-needs-both",
    title: "knows an envelope by code and message only",
    fails: "rule/decode/envelope-code-only",
    rules: {
      decode: envelopeAs((item) =>
        item.envelope.code === undefined || item.envelope.message === undefined ? { malformed: true } : item,
      ),
    },
  },
  {
    id: "decode/envelope-at-the-very-end",
    title: "knows an envelope only without line end",
    isConditional: true,
    fails: "rule/decode/envelope-with-line-end",
    rules: {
      decode: (chunks, end) =>
        !isSse(chunks) && Buffer.concat(chunks).at(-1) === 0x0a
          ? envelopeAs(() => ({ malformed: true }))(chunks, end, "")
          : parseBytes(chunks, end),
    },
  },
  {
    id: "decode/sse-envelope-vanishes",
    title: "passes over envelopes in data lines",
    fails: "rule/decode/sse-envelope",
    rules: {
      decode: (chunks, end) =>
        isSse(chunks)
          ? givesItems((items) => items.filter((item) => !("envelope" in item)))(chunks, end, "")
          : parseBytes(chunks, end),
    },
  },
  {
    id: "decode/last-line-needs-its-end",
    title: "loses a last event without line end",
    isConditional: true,
    fails: "rule/decode/last-frame-unterminated",
    rules: {
      decode: givesEnd((decoded, chunks) =>
        !isSse(chunks) &&
        decoded.ended === "complete" &&
        Buffer.concat(chunks).at(-1) === 0x7d &&
        typeOf(decoded.items.at(-1)) !== undefined
          ? { items: decoded.items.slice(0, -1), ended: "complete" }
          : decoded,
      ),
    },
  },
  {
    id: "decode/truncated-is-complete",
    title: "takes half a bare frame at the end for nothing",
    fails: "rule/decode/truncated",
    rules: {
      decode: givesEnd((decoded, chunks, end) =>
        end === "eof" && !isSse(chunks) ? { ...decoded, ended: "complete" } : decoded,
      ),
    },
  },
  {
    id: "decode/sse-truncated-is-complete",
    title: "drops an unfinished SSE event at the end, as the standard says",
    fails: "rule/decode/sse-truncated",
    rules: {
      decode: givesEnd((decoded, chunks, end) =>
        end === "eof" && isSse(chunks) ? { ...decoded, ended: "complete" } : decoded,
      ),
    },
  },
  {
    id: "decode/cut-is-the-end",
    title: "takes a broken connection between frames for the end of the body",
    fails: "rule/decode/cut",
    rules: { decode: (chunks) => parseBytes(chunks, "eof") },
  },
  {
    id: "decode/cut-leaves-a-frame",
    title: "gives half a frame when the connection breaks",
    isConditional: true,
    fails: "rule/decode/cut-inside-frame",
    rules: {
      decode: givesEnd((decoded, chunks, end) =>
        end === "cut" && ![0x0a, 0x0d, undefined].includes(Buffer.concat(chunks).at(-1))
          ? { ...decoded, items: [...decoded.items, { malformed: true }] }
          : decoded,
      ),
    },
  },
  {
    id: "decode/stops-at-the-end",
    title: "stops at execution_complete",
    fails: "rule/decode/after-the-end",
    rules: {
      decode: givesItems((items) => {
        const end = items.findIndex((item) => typeOf(item) === "execution_complete");
        return end === -1 ? items : items.slice(0, end + 1);
      }),
    },
  },
  {
    id: "decode/adds-an-end",
    title: "adds a completion where none came",
    fails: "rule/decode/no-end",
    rules: {
      decode: givesItems((items, { ended }) =>
        ended === "complete" &&
        items.length > 0 &&
        !items.some((item) => "envelope" in item || ["error", "execution_complete"].includes(String(typeOf(item))))
          ? [...items, { event: { type: "execution_complete" } }]
          : items,
      ),
    },
  },
  {
    id: "decode/left-over",
    title: "keeps what is left of a truncated body for the next one",
    isConditional: true,
    fails: "rule/decode/stateless",
    get rules() {
      return leftOver();
    },
  },
];
