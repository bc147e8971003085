import { isUtf8 } from "node:buffer";

/**
 * Serialises plain data as the daemon does: compact, insertion order, `<`, `>`, `&` and the two line separators escaped
 * (`execd.md` 1, HTML escaping). `undefined` members are left out.
 */
export function encodeJson(value: unknown): string {
  return escapeHtml(JSON.stringify(value));
}

/**
 * Serialises raw bytes as the inside of a JSON string, without its quotes.
 *
 * Each byte that is not part of valid UTF-8 becomes its own `\ufffd` (`execd.md` 2.3, Encoding); a decoder of the
 * platform would merge a truncated sequence into one.
 */
export function encodeTextBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return inside(bytes.toString("utf8"));
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(inside(bytes.toString("utf8", start, at)), "\\ufffd");
    at += 1;
    start = at;
  }
  parts.push(inside(bytes.toString("utf8", start)));
  return parts.join("");
}

const HTML = /[<>&\u2028\u2029]/;
const HTML_ALL = /[<>&\u2028\u2029]/g;

function escapeHtml(json: string): string {
  if (!HTML.test(json)) return json;
  return json.replace(HTML_ALL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function inside(text: string): string {
  return escapeHtml(JSON.stringify(text).slice(1, -1));
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
