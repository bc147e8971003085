import { isDeepStrictEqual } from "node:util";

import type { Answer } from "./http-exchange.js";
import { type RecordedStep, recordedBody } from "./transcript.js";
import { decodeFrames, summariseStream, type WireFrame } from "./wire-frames.js";

/** What of an answer differs from its recording. */
export interface Difference {
  /** `<step>:<aspect>`, such as `0:status`. */
  readonly key: string;
  readonly recorded: unknown;
  readonly live: unknown;
}

/** Replaces what differs by run in text: ids, paths, times. */
export type Normalise = (text: string) => string;

/**
 * Compares a live answer with its recording: status, headers, body or events, how it ended, and whether a stream stayed
 * open after its terminal event. Times, pings and the interleaving of the two outputs are left out.
 */
export function compareAnswer(
  index: number,
  step: RecordedStep,
  answer: Answer,
  normalise: Normalise,
): readonly Difference[] {
  const { response } = step;
  const isStream = response.headers["content-type"] === "text/event-stream" && step.request.path !== "/metrics/watch";
  const aspects: Readonly<Record<string, readonly [unknown, unknown]>> = {
    status: [response.status, answer.status],
    headers: [plainHeaders(response.headers, normalise), plainHeaders(answer.headers, normalise)],
    length: [true, hasTrueLength(answer, step.request.method)],
    end: [response.end, answer.end],
    early: [false, response.endTMs - answer.endMs > EARLY_MS],
    ...(isStream
      ? streamAspects(step, answer, normalise)
      : { body: [comparableBody(recordedBody(response), normalise), comparableBody(answer.body, normalise)] }),
  };
  return Object.entries(aspects)
    .filter(([, [recorded, live]]) => !isDeepStrictEqual(recorded, live))
    .map(([aspect, [recorded, live]]) => ({ key: `${index}:${aspect}`, recorded, live }));
}

function plainHeaders(headers: RecordedStep["response"]["headers"], normalise: Normalise): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === "date") continue;
    plain[name] =
      name === "content-length" && value !== "0"
        ? "<length>"
        : name === "last-modified"
          ? "<date>"
          : normalise(String(value));
  }
  return plain;
}

/** The announced length is the real one; the recorded one is not comparable, since paths differ in length. */
function hasTrueLength(answer: Answer, method: string): boolean {
  const announced = answer.headers["content-length"];
  return (
    announced === undefined || method === "HEAD" || answer.end !== "eof" || Number(announced) === answer.body.length
  );
}

function streamAspects(
  step: RecordedStep,
  answer: Answer,
  normalise: Normalise,
): Record<string, readonly [unknown, unknown]> {
  const recorded = (step.decoded ?? decodeFrames(recordedBody(step.response))) as readonly WireFrame[];
  const live = decodeFrames(answer.body);
  const comparable = (frames: readonly WireFrame[]): unknown =>
    summariseStream(frames.map((frame) => JSON.parse(normalise(JSON.stringify(frame))) as WireFrame));
  return {
    events: [comparable(recorded), comparable(live)],
    tail: [hasTail(recordedPieces(step), step.response.endTMs), hasTail(answer.pieces, answer.endMs)],
    pings: [true, hasPings(live, answer.endMs)],
  };
}

function recordedPieces(step: RecordedStep): Answer["pieces"] {
  return (step.response.chunks ?? []).map((chunk) => ({
    atMs: chunk.tMs,
    bytes: Buffer.from(chunk.b64 ?? "", "base64"),
  }));
}

/** An answer that ends this much before the recorded one does not wait for what that one waited for. */
const EARLY_MS = 1000;
const TAIL_MS = 500;

/** True when the answer stayed open for half a second or more after its last frame that is no ping. */
function hasTail(pieces: Answer["pieces"], endMs: number): boolean {
  const last = pieces.filter((piece) => !/^\{"type":"ping"[^\n]*\n\n$/.test(piece.bytes.toString("latin1"))).at(-1);
  return last !== undefined && endMs - last.atMs >= TAIL_MS;
}

/** One ping with `init` and one every 3 s, give or take the last one. */
function hasPings(frames: readonly WireFrame[], endMs: number): boolean {
  const pings = frames.filter((frame) => frame["type"] === "ping").length;
  const expected = 1 + Math.floor(endMs / 3000);
  return pings === expected || (pings === expected - 1 && (pings > 0 || frames.length <= 2)) || frames.length === 0;
}

function comparableBody(body: Buffer, normalise: Normalise): unknown {
  // Bytes that are not text are compared as they are.
  const text = body.toString("utf8");
  const normalised = normalise(text.includes("\ufffd") ? body.toString("latin1") : text);
  try {
    return JSON.parse(normalised) as unknown;
  } catch {
    return normalised;
  }
}
