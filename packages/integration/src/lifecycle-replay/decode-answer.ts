import type { RawAnswer } from "./raw-request.js";

/** Decodes a body as the recorder did: a JSON value, the frames of an event stream, or the text. */
export function decodeAnswer(answer: RawAnswer): unknown {
  if (answer.text === "") return undefined;
  const type = String(answer.headers["content-type"] ?? "");
  if (type.startsWith("text/event-stream")) {
    return answer.text
      .split("\n\n")
      .filter((frame) => frame !== "")
      .map((frame) => JSON.parse(frame) as unknown);
  }
  return type.startsWith("application/json") ? JSON.parse(answer.text) : answer.text;
}

/** The recorded body in the same form. */
export function recordedBody(decoded: readonly unknown[] | undefined, isStream: boolean): unknown {
  if (decoded === undefined || decoded.length === 0) return undefined;
  return isStream ? decoded : decoded[0];
}
