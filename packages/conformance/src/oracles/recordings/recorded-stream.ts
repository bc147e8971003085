import type { StreamKind } from "../stream-oracle.js";
import { isObject } from "../stream-item.js";
import type { DecodedItem } from "../parsers/decoded.js";
import { parseBytes } from "../parsers/parse-bytes.js";
import { parseWhole } from "../parsers/parse-whole.js";
import { chunksOf, headerOf, type RecordedStep } from "./recording.js";

/** An event stream of a recording, decoded. */
export interface RecordedStream {
  readonly kind: StreamKind;
  readonly items: readonly DecodedItem[];
  /** `client`: the recorder hung up, so that nothing is known of the end. */
  readonly end: "complete" | "truncated" | "client";
  /** When the chunk came that completes each item, in milliseconds. */
  readonly arrivalsMs: readonly number[];
  readonly endedMs: number;
}

/**
 * What a step has to say about streams. `abbreviated`: the recorder did not keep the whole body, so it is never judged
 * as frames.
 */
export type StreamOfStep = RecordedStream | "none" | "abbreviated";

/**
 * Decodes the event stream of a step, by both parsers. Throws where they differ: then this suite is wrong, not the
 * server.
 */
export function streamOf(step: RecordedStep): StreamOfStep {
  const path = (step.request?.path ?? "").split("?")[0] ?? "";
  const kind = kindOf(path, step.request?.body);
  if (kind === undefined || headerOf(step, "content-type")?.startsWith("text/event-stream") !== true) return "none";
  const chunks = chunksOf(step);
  if (chunks === undefined) return "abbreviated";
  const { end: how, endTMs = 0, chunks: recorded = [] } = step.response ?? {};
  const bodyEnd = how === "eof" ? "eof" : "cut";
  const { items, ended } = parseWhole(chunks, bodyEnd);
  if (JSON.stringify(parseBytes(chunks, bodyEnd)) !== JSON.stringify({ items, ended }))
    throw new Error(`the two parsers differ on ${path}`);
  const times = recorded.map(({ tMs = 0 }) => tMs);
  return {
    kind,
    items,
    end: how === "client" ? "client" : ended === "complete" ? "complete" : "truncated",
    arrivalsMs: arrivals(chunks, times, items.length),
    endedMs: endTMs,
  };
}

/** Which rules a route's stream has to keep; `undefined` for routes without execution streams. */
function kindOf(path: string, body: unknown): StreamKind | undefined {
  const request = parsed(body);
  if (path.endsWith("/command")) return request["background"] === true ? "background" : "command";
  if (/\/session\/[^/]+\/run$/.test(path)) return "session";
  if (!path.endsWith("/code")) return undefined;
  // Without a language the code is a shell command (X62).
  const context = isObject(request["context"]) ? request["context"] : {};
  return context["language"] === undefined && context["id"] === undefined ? "command" : "code";
}

function parsed(body: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof body === "string" ? JSON.parse(body) : body;
    return isObject(value) ? value : {};
  } catch {
    // A body that is not JSON asks for nothing: the answer is judged by its route alone.
    return {};
  }
}

/** Decodes growing prefixes: few chunks per recording make that cheap enough. */
function arrivals(chunks: readonly Uint8Array[], times: readonly number[], count: number): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < chunks.length && found.length < count; index++) {
    const { items } = parseWhole(chunks.slice(0, index + 1), "cut");
    while (found.length < items.length) found.push(times[index] ?? 0);
  }
  while (found.length < count) found.push(times.at(-1) ?? 0);
  return found;
}
