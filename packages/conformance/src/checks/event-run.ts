import type { Endpoint, OpenExchange } from "../model/endpoint.js";
import { NoAnswer } from "../model/outcome.js";
import { exitOfStream, type ExitStatus } from "../oracles/exit-status.js";
import { streamedLines } from "../oracles/output-lines.js";
import { isEnd as isEndItem, nameOf } from "../oracles/stream-item.js";
import type { DecodedItem } from "../oracles/parsers/decoded.js";
import { parseWhole } from "../oracles/parsers/parse-whole.js";
import type { WireExchange } from "../model/wire-exchange.js";

/** A frame of an event stream; `undefined` type is an envelope or something malformed. */
export interface EventFrame {
  readonly type?: string;
  readonly text?: string;
  readonly code?: string;
  readonly message?: string;
  readonly error?: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] | null };
  readonly execution_time?: number;
  readonly timestamp?: number;
}

/** An execution as far as its stream was read. */
export interface EventRun {
  readonly exchange: WireExchange;
  /** Everything that was read, pings included. */
  readonly items: readonly DecodedItem[];
  /** The frames, pings left out. */
  readonly frames: readonly EventFrame[];
  /** The end that came first: an `error`, an `execution_complete` or an envelope. */
  readonly end: EventFrame | undefined;
  /** The id of the `init` frame. */
  readonly id: string | undefined;
}

/** An execution whose stream is still coming. */
export interface LiveRun {
  /** Resolves when `holds` does, or at the end of the stream. */
  until(holds: (run: EventRun) => boolean): Promise<EventRun>;
  /** Resolves when `init` is there; rejects with `NoAnswer` when it never comes. */
  started(): Promise<{ readonly run: EventRun; readonly id: string }>;
  /** Resolves at the first end, or the end of the stream. */
  ended(): Promise<EventRun>;
  /** Resolves at the end of the body. */
  finished(): Promise<EventRun>;
  hangUp(): void;
}

/** How a run is asked for. */
export interface RunOptions {
  /** Reads to the end of the body, not just to the first end. */
  readonly toEndOfBody?: boolean;
  readonly connection?: string;
  /** Milliseconds of silence that are borne. */
  readonly idleMs?: number;
}

/** Sends a request that is answered by events and reads up to the first end; the rest of the body is not waited for. */
export async function eventRun(
  endpoint: Endpoint,
  path: string,
  json: unknown,
  options: RunOptions = {},
): Promise<EventRun> {
  const { toEndOfBody = false, connection, idleMs } = options;
  const exchange = await endpoint.open({
    method: "POST",
    path,
    json,
    ...(connection === undefined ? {} : { connection }),
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(toEndOfBody ? {} : { until: hasEnd }),
  }).finished;
  return answered(path, readRun(exchange));
}

/** Sends a request that is answered by events and gives the run while it goes on. */
export function liveRun(endpoint: Endpoint, path: string, json: unknown): LiveRun {
  const exchange: OpenExchange = endpoint.open({ method: "POST", path, json });
  const until = async (holds: (run: EventRun) => boolean): Promise<EventRun> =>
    readRun(await exchange.until((soFar) => holds(readRun(soFar))));
  return {
    until,
    async started() {
      const run = answered(path, await until(({ id }) => id !== undefined));
      if (run.id === undefined) throw new NoAnswer("connection-lost", `POST ${path}: no init (${run.exchange.end})`);
      return { run, id: run.id };
    },
    ended: async () => answered(path, readRun(await exchange.until(hasEnd))),
    finished: async () => answered(path, readRun(await exchange.finished)),
    hangUp: () => exchange.hangUp(),
  };
}

/** Whether a frame ends a run of a command or a session. */
export function isEnd(frame: EventFrame): boolean {
  return (
    frame.type === "error" ||
    frame.type === "execution_complete" ||
    (frame.type === undefined && frame.code !== undefined)
  );
}

/** The lines of one stream. */
export function linesOf(run: EventRun, type: "stdout" | "stderr"): readonly string[] {
  return streamedLines(run.items, type);
}

/** How the run ended, as its stream tells. */
export function exitOf(run: EventRun): ExitStatus {
  return exitOfStream(run.items);
}

function answered(path: string, run: EventRun): EventRun {
  const { exchange } = run;
  if (exchange.head === undefined)
    throw new NoAnswer(exchange.end === "silence" ? "no-answer" : "connection-lost", `POST ${path}: ${exchange.end}`);
  return run;
}

/** Reads what has come so far; a frame of which the rest is still coming is none yet. */
function readRun(exchange: WireExchange): EventRun {
  const isOver = exchange.end === "complete";
  const { items } = parseWhole(
    exchange.chunks.map(({ bytes }) => bytes),
    isOver ? "eof" : "cut",
  );
  const frames = items.filter((item) => nameOf(item) !== "ping").map(frameOf);
  const init = frames.find(({ type }) => type === "init");
  return {
    exchange,
    items,
    frames,
    end: frames.find(isEnd),
    id: typeof init?.text === "string" && init.text !== "" ? init.text : undefined,
  };
}

function frameOf(item: DecodedItem): EventFrame {
  return "event" in item ? (item.event as EventFrame) : "envelope" in item ? { code: "", ...item.envelope } : {};
}

const END_HINT = /"type"\s*:\s*"(?:error|execution_complete)"|"(?:code|message)"\s*:/;

/**
 * Whether an end has come. Only bytes that may hold one are parsed: a long stream is not read again with every chunk.
 */
function hasEnd(soFar: WireExchange): boolean {
  const latest = Buffer.concat(soFar.chunks.slice(-8).map(({ bytes }) => bytes)).toString("latin1");
  return (
    END_HINT.test(latest) &&
    parseWhole(
      soFar.chunks.map(({ bytes }) => bytes),
      "cut",
    ).items.some(isEndItem)
  );
}
