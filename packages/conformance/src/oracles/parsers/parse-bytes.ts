import type { BodyEnd, Decoded, DecodedItem } from "./decoded.js";

const LF = 0x0a;
const CR = 0x0d;
const colon = 0x3a;
const brace = 0x7b;
const space = 0x20;

/** Where in a line the automaton is. */
type State = "start" | "name" | "after-colon" | "value" | "ignored" | "bare";

/**
 * Parses one event stream byte by byte, with no notion of a line or of a string until a frame is complete: the second
 * reading of the grammar of {@link parseWhole}, made differently so that one mistake is not made twice.
 */
export function parseBytes(chunks: readonly Uint8Array[], end: BodyEnd): Decoded {
  const items: DecodedItem[] = [];
  let framing: "bare" | "sse" | undefined;
  let state = "start" as State;
  let afterCr = false;
  /** Bytes of the running bare frame, or of the name of a field. */
  let line: number[] = [];
  let data: number[] = [];
  let hasData = false;

  const emit = (bytes: readonly number[]): void => {
    if (!isBlank(bytes)) items.push(frameOf(bytes) ?? { malformed: true });
  };

  const dispatch = (): void => {
    if (hasData) emit(data);
    data = [];
    hasData = false;
  };

  const beginData = (): void => {
    if (hasData) data.push(LF);
    hasData = true;
  };

  const endLine = (): void => {
    const isField = state === "name" && isFieldName(line);
    if (framing === undefined && isField) framing = "sse";
    if (framing === "sse") {
      if (state === "start") dispatch();
      else if (state === "bare") emit(line);
      else if (isField && isData(line)) beginData();
    } else if (state === "bare" || state === "name") {
      if (!isBlank(line)) framing = "bare";
      emit(line);
    }
    line = [];
    state = "start";
  };

  const step = (byte: number): void => {
    if (byte === LF && afterCr) {
      afterCr = false;
      return;
    }
    afterCr = byte === CR;
    if (byte === LF || byte === CR) return endLine();
    switch (state) {
      case "start":
        if (byte === colon) state = "ignored";
        else if (byte === brace) {
          if (framing === "sse") dispatch();
          framing ??= "bare";
          state = "bare";
          line.push(byte);
        } else {
          state = framing === "bare" ? "bare" : "name";
          line.push(byte);
        }
        return;
      case "name":
        if (byte !== colon) line.push(byte);
        else if (framing === "sse" || isFieldName(line)) {
          framing = "sse";
          state = isData(line) ? "after-colon" : "ignored";
          if (isData(line)) beginData();
          line = [];
        } else {
          framing = "bare";
          state = "bare";
          line.push(byte);
        }
        return;
      case "after-colon":
        state = "value";
        if (byte !== space) data.push(byte);
        return;
      case "value":
        data.push(byte);
        return;
      case "bare":
        line.push(byte);
        return;
      case "ignored":
    }
  };

  for (const byte of withoutMark(chunks)) step(byte);
  if (end === "cut") return { items, ended: "truncated" };
  if (framing === "sse" && state === "name" && isData(line)) beginData();
  const isBareRest =
    framing === "sse" ? state === "bare" : state === "bare" || (state === "name" && !isFieldName(line));
  const left = isBareRest ? line : data;
  if (isBlank(left)) return { items, ended: "complete" };
  const last = frameOf(left);
  return last === undefined ? { items, ended: "truncated" } : { items: [...items, last], ended: "complete" };
}

/** The bytes of all chunks without a byte order mark at the very start, wherever the borders are. */
function* withoutMark(chunks: readonly Uint8Array[]): Generator<number> {
  const mark = [0xef, 0xbb, 0xbf];
  let seen = 0;
  for (const chunk of chunks) {
    for (const byte of chunk) {
      if (seen < 3 && byte === mark[seen]) {
        seen++;
        continue;
      }
      // Half a mark is not a mark.
      if (seen < 3) yield* mark.slice(0, seen);
      seen = 4;
      yield byte;
    }
  }
  if (seen < 3) yield* mark.slice(0, seen);
}

function isBlank(bytes: readonly number[]): boolean {
  return !bytes.some((byte) => byte > space && byte < 0x7f) && textOf(bytes).trim() === "";
}

function isData(name: readonly number[]): boolean {
  return name.length === 4 && String.fromCharCode(...name) === "data";
}

function isFieldName(name: readonly number[]): boolean {
  return name.length <= 5 && ["data", "event", "id", "retry"].includes(String.fromCharCode(...name));
}

/** The item of one frame; `undefined` when the bytes are not one object. */
function frameOf(bytes: readonly number[]): DecodedItem | undefined {
  const value = jsonOf(textOf(bytes));
  if (Object.prototype.toString.call(value) !== "[object Object]") return undefined;
  const object = value as Record<string, unknown>;
  switch (typeof object["type"]) {
    case "string":
      return { event: object };
    case "undefined": {
      const known = Object.entries(object).filter(
        ([key, text]) => (key === "code" || key === "message") && typeof text === "string",
      );
      return known.length === 0 ? { malformed: true } : { envelope: Object.fromEntries(known) };
    }
    default:
      return { malformed: true };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * UTF-8 by hand: each part of a sequence that cannot be continued becomes one U+FFFD, as the Encoding Standard has it.
 */
function textOf(bytes: readonly number[]): string {
  const points: string[] = [];
  let point = 0;
  let missing = 0;
  let lower = 0x80;
  let upper = 0xbf;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (missing > 0) {
      if (byte >= lower && byte <= upper) {
        point = (point << 6) | (byte & 0x3f);
        missing--;
        if (missing === 0) points.push(String.fromCodePoint(point));
      } else {
        points.push("\ufffd");
        missing = 0;
        at--;
      }
      lower = 0x80;
      upper = 0xbf;
    } else if (byte < 0x80) points.push(String.fromCharCode(byte));
    else if (byte >= 0xc2 && byte <= 0xdf) {
      missing = 1;
      point = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      missing = 2;
      point = byte & 0x0f;
      if (byte === 0xe0) lower = 0xa0;
      if (byte === 0xed) upper = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      missing = 3;
      point = byte & 0x07;
      if (byte === 0xf0) lower = 0x90;
      if (byte === 0xf4) upper = 0x8f;
    } else points.push("\ufffd");
  }
  if (missing > 0) points.push("\ufffd");
  return points.join("");
}
