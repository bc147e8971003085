import type { Endpoint } from "../check/endpoint.js";
import { NoAnswer } from "../check/outcome.js";
import { textOf } from "../wire/read-exchange.js";
import type { WireExchange } from "../wire/wire-exchange.js";

/** A frame of an event stream; `undefined` type is an envelope or something malformed. */
export interface EventFrame {
  readonly type?: string;
  readonly text?: string;
  readonly code?: string;
  readonly message?: string;
  readonly error?: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] | null };
  readonly execution_time?: number;
}

/** The frames of a run, pings left out, as far as they were read. */
export interface EventRun {
  readonly exchange: WireExchange;
  readonly frames: readonly EventFrame[];
  /** The end that came first: an `error`, an `execution_complete` or an envelope. */
  readonly end: EventFrame | undefined;
}

/** Sends a request that is answered by events and reads up to the first end; the rest of the body is not waited for. */
export async function eventRun(endpoint: Endpoint, path: string, json: unknown, options: { readonly toEndOfBody?: boolean; readonly connection?: string } = {}): Promise<EventRun> {
  const { toEndOfBody = false, connection } = options;
  const exchange = await endpoint.open({
    method: "POST",
    path,
    json,
    ...(connection === undefined ? {} : { connection }),
    ...(toEndOfBody ? {} : { until: (soFar: WireExchange) => framesOf(soFar).some(isEnd) }),
  }).finished;
  if (exchange.head === undefined) throw new NoAnswer(exchange.end === "silence" ? "no-answer" : "connection-lost", `POST ${path}: ${exchange.end}`);
  const frames = framesOf(exchange).filter((frame) => frame.type !== "ping");
  return { exchange, frames, end: frames.find(isEnd) };
}

/** Whether a frame ends a run of a command or a session. */
export function isEnd(frame: EventFrame): boolean {
  return frame.type === "error" || frame.type === "execution_complete" || (frame.type === undefined && frame.code !== undefined);
}

/** The texts of one stream, one per line. */
export function linesOf(run: EventRun, type: "stdout" | "stderr"): readonly string[] {
  return run.frames.flatMap((frame) => (frame.type === type && frame.text !== undefined ? [frame.text] : []));
}

function framesOf(exchange: WireExchange): readonly EventFrame[] {
  const lines = textOf(exchange).split(/\r\n|\r|\n/);
  return lines.flatMap((line) => {
    const text = line.startsWith("data:") ? line.slice(5).trim() : line.trim();
    if (text === "" || text.startsWith(":")) return [];
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null ? [value as EventFrame] : [];
    } catch {
      // A frame of which the rest is still coming.
      return [];
    }
  });
}
