import { setTimeout as delay } from "node:timers/promises";
import { WebSocket, type RawData } from "ws";
import { exchange, type Answer } from "./http-exchange.js";
import { recordedBody, type RecordedStep } from "./transcript.js";

/** One recorded frame of a WebSocket. */
export interface RecordedFrame {
  readonly tMs: number;
  readonly from: "server" | "client";
  readonly op: "text" | "binary" | "close" | "ping" | "pong";
  readonly hex: string;
  readonly code?: number;
  readonly reason?: string;
}

/** One step of a case with WebSockets. */
export interface TerminalStep extends RecordedStep {
  readonly frames?: readonly RecordedFrame[];
  readonly end?: string;
  readonly endTMs?: number;
}

/**
 * Frames of one side, reduced to what both must agree on; the two outputs may race, and their frames may be cut
 * anywhere.
 */
export interface SocketSummary {
  readonly status: number;
  readonly body: string;
  readonly replay: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly texts: readonly string[];
  readonly close: string;
  /** Frame kinds in order, repeats left out. */
  readonly order: string;
}

/** Where and how a case is sent again. */
export interface TerminalTarget {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  translate(text: string): string;
  normalise(text: string): string;
  beforeStep?(index: number): void;
}

/** One step beside its recording; HTTP steps have an answer. */
export interface ReplayedTerminalStep {
  readonly recorded: SocketSummary | undefined;
  readonly live: SocketSummary | undefined;
  readonly answer: Answer | undefined;
}

const PATIENCE_MS = 4000;
/** What the server does with a frame has time to happen before the next one. */
const PAUSE_MS = 60;

/** Sends the steps of a case again; returns both sides of each and which recorded id is which live one. */
export async function replayTerminal(
  steps: readonly TerminalStep[],
  target: TerminalTarget,
): Promise<{ readonly steps: readonly ReplayedTerminalStep[]; readonly ids: ReadonlyMap<string, string> }> {
  const ids = new Map<string, string>();
  const sockets: { readonly step: TerminalStep; readonly live: LiveSocket }[] = [];
  const results: (Promise<ReplayedTerminalStep> | ReplayedTerminalStep)[] = [];
  for (const [index, step] of steps.entries()) {
    for (const { step: earlier, live } of sockets) await live.passed(step.startMs - earlier.startMs);
    target.beforeStep?.(index);
    const rename = (text: string): string =>
      [...ids].reduce((result, [recorded, actual]) => result.replaceAll(recorded, actual), target.translate(text));
    const normalise = (text: string): string =>
      target.normalise([...ids].flat().reduce((result, id) => result.replaceAll(id, "<id>"), text));
    if (step.frames !== undefined) {
      const live = new LiveSocket(
        `ws://127.0.0.1:${target.port}${rename(step.request.path)}`,
        target.headers,
        step,
        normalise,
      );
      sockets.push({ step, live });
      results.push(
        live.done.then((summary) => ({ recorded: summarise(step, normalise), live: summary, answer: undefined })),
      );
      continue;
    }
    const body = step.request.body === null ? undefined : Buffer.from(rename(step.request.body));
    const headers = {
      ...step.request.headers,
      ...target.headers,
      ...(body !== undefined && { "content-length": String(body.length) }),
    };
    const answer = await exchange(target.port, {
      method: step.request.method,
      path: rename(step.request.path),
      headers,
      body,
      onPiece: () => false,
    });
    const [recordedId, liveId] = [recordedBody(step.response), answer.body].map(
      (bytes) => /"session_id":"([0-9a-f-]{36})"/.exec(bytes.toString())?.[1],
    );
    if (recordedId !== undefined && liveId !== undefined) ids.set(recordedId, liveId);
    results.push({ recorded: undefined, live: undefined, answer });
  }
  return { steps: await Promise.all(results), ids };
}

/** What the recording of a socket says. */
export function summarise(step: TerminalStep, normalise: (text: string) => string): SocketSummary {
  const frames = (step.frames ?? []).filter(({ from }) => from === "server");
  const close = frames.find(({ op }) => op === "close");
  const { body } = step.response as { readonly body?: string };
  return summary({
    status: step.response.status,
    body: body ?? "",
    frames: frames
      .filter(({ op }) => op === "text" || op === "binary")
      .map(({ op, hex }) => ({ isText: op === "text", bytes: Buffer.from(hex, "hex") })),
    close:
      close === undefined
        ? step.end === "client"
          ? "client"
          : "dropped"
        : `${close.code ?? 1005} ${close.reason ?? ""}`,
    normalise,
  });
}

interface Seen {
  readonly isText: boolean;
  readonly bytes: Buffer;
}

function summary(raw: {
  readonly status: number;
  readonly body: string;
  readonly frames: readonly Seen[];
  readonly close: string;
  readonly normalise: (text: string) => string;
}): SocketSummary {
  const kind = ({ isText, bytes }: Seen): string =>
    isText
      ? (/"type":"(\w+)"/.exec(bytes.toString())?.[1] ?? "text")
      : (["stdin", "output", "output", "replay"][bytes[0] ?? 9] ?? "unknown");
  const outputs = (type: number): string =>
    Buffer.concat(
      raw.frames.filter(({ isText, bytes }) => !isText && bytes[0] === type).map(({ bytes }) => bytes.subarray(1)),
    ).toString("latin1");
  const kinds = raw.frames.map(kind);
  return {
    status: raw.status,
    body: raw.normalise(raw.body),
    replay: raw.normalise(outputs(3)),
    stdout: raw.normalise(outputs(1)),
    stderr: raw.normalise(outputs(2)),
    texts: raw.frames.filter(({ isText }) => isText).map(({ bytes }) => raw.normalise(bytes.toString())),
    close: raw.normalise(raw.close),
    // Between the greeting and the exit, output and the answers to what was sent race.
    order: [...kinds.slice(0, kinds.indexOf("connected") + 1), ...(kinds.includes("exit") ? [kinds.at(-1)] : [])].join(
      " ",
    ),
  };
}

class LiveSocket {
  readonly done: Promise<SocketSummary>;
  readonly #socket: WebSocket;
  readonly #step: TerminalStep;
  readonly #normalise: (text: string) => string;
  readonly #frames: Seen[] = [];
  #status = 0;
  #body = "";
  #close = "dropped";
  #isClosed = false;
  #sent = 0;

  constructor(
    url: string,
    headers: Readonly<Record<string, string>>,
    step: TerminalStep,
    normalise: (text: string) => string,
  ) {
    this.#step = step;
    this.#normalise = normalise;
    this.#socket = new WebSocket(url, { headers });
    this.done = this.#run();
  }

  /** Fulfils when everything has happened that was recorded up to a time of the step. */
  async passed(atMs: number): Promise<void> {
    const frames = (this.#step.frames ?? []).filter(({ tMs }) => tMs < atMs - 1);
    const isOver = (this.#step.endTMs ?? Infinity) <= atMs + 1;
    const before = summarise({ ...this.#step, frames }, this.#normalise);
    const sent = frames.filter(({ from, op }) => from === "client" && op !== "close").length;
    await this.#until(() => (isOver ? this.#isClosed : this.#sent >= sent && covers(this.#summary(), before)));
  }

  async #run(): Promise<SocketSummary> {
    const socket = this.#socket;
    socket.on("error", () => {});
    socket.on("upgrade", () => (this.#status = 101));
    socket.on("unexpected-response", (_request, response) => {
      this.#status = response.statusCode ?? 0;
      response.on("data", (chunk: Buffer) => (this.#body += chunk.toString()));
      response.on("end", () => (this.#isClosed = true));
    });
    socket.on("message", (data: RawData, isBinary) => this.#frames.push({ isText: !isBinary, bytes: data as Buffer }));
    socket.on("close", (code, reason) => {
      if (code !== 1006 && this.#close !== "client") this.#close = `${code} ${reason.toString()}`;
      this.#isClosed = true;
    });
    const frames = this.#step.frames ?? [];
    for (const [index, { from, op, hex, code }] of frames.entries()) {
      if (from === "server") continue;
      const before = summarise({ ...this.#step, frames: frames.slice(0, index) }, this.#normalise);
      await this.#until(() => this.#isClosed || covers(this.#summary(), before));
      await delay(PAUSE_MS);
      if (this.#isClosed) break;
      if (op === "close") {
        if (!frames.slice(0, index).some((frame) => frame.op === "close")) socket.close(code);
      } else {
        socket.send(Buffer.from(hex, "hex"), { binary: op === "binary" });
        this.#sent += 1;
      }
    }
    const whole = summarise(this.#step, this.#normalise);
    await this.#until(() => this.#isClosed || covers(this.#summary(), whole));
    if (this.#step.end === "client" && !frames.some(({ op }) => op === "close")) {
      this.#close = "client";
      socket.terminate();
    }
    await this.#until(() => this.#isClosed);
    socket.terminate();
    return this.#summary();
  }

  #summary(): SocketSummary {
    return summary({
      status: this.#status,
      body: this.#body,
      frames: this.#frames,
      close: this.#close,
      normalise: this.#normalise,
    });
  }

  async #until(isTrue: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!isTrue() && performance.now() < endMs) await delay(5);
  }
}

/** Whether everything has come that was recorded. */
function covers(live: SocketSummary, recorded: SocketSummary): boolean {
  return (
    live.stdout.length >= recorded.stdout.length &&
    live.stderr.length >= recorded.stderr.length &&
    live.texts.length >= recorded.texts.length &&
    live.replay.length >= recorded.replay.length
  );
}
