import type { ServerResponse } from "node:http";

import { LONGEST_TIMER_MS } from "../../shared/long-timer.js";
import { type EventMembers, encodeEnvelope, encodeEvent, type Framing, frameDelimiters } from "./event-frame.js";

/** How one event stream is sent. */
export interface EventStreamOptions {
  readonly framing: Framing;
  readonly pingMs: number;
  /** The key of plain text in results; default `text`. */
  readonly resultTextKey?: "text" | "text/plain";
  /** Sends every frame in two pieces (fault `split-frames`). */
  readonly splitFrames: boolean;
  /** Says nothing after the first output event, and never ends (fault `stalled-stream`). */
  readonly stalls: boolean;
  /** Called at the first event that is sent after the client has closed the connection (fault `sigpipe-neighbours`). */
  readonly onBrokenWrite?: (() => void) | undefined;
}

/**
 * The event stream of one answer.
 *
 * The status line goes with the first event (`execd.md` 2.1). Pings start with `init` and repeat until the end, also
 * during the tail (2.2). After a disconnect everything is dropped; with `onBrokenWrite` from the first event on.
 *
 * Bounds: every send resolves when the socket has room again, so that a producer that awaits it holds one frame; pings
 * are left out while the client is behind.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #options: EventStreamOptions;
  readonly #delimiters: { readonly before: string; readonly after: string };
  #pings: NodeJS.Timeout | undefined;
  readonly #waiting: (() => void)[] = [];
  #isInsideFrame = false;
  #isBroken = false;
  #isStalled = false;
  /** Resolves when the client is gone or the answer is complete. */
  readonly closed: Promise<void>;

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response;
    this.#options = options;
    this.#delimiters = frameDelimiters(options.framing);
    response.on("drain", () => this.#wake());
    this.closed = new Promise((resolve) => {
      response.once("close", () => {
        if (options.onBrokenWrite === undefined) clearInterval(this.#pings);
        this.#wake();
        resolve();
      });
    });
  }

  /** True until the client disconnects or the answer ends. */
  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** True while an event that is sent has an effect. */
  get isWanted(): boolean {
    return (
      this.isOpen || (this.#options.onBrokenWrite !== undefined && !this.#isBroken && !this.#response.writableEnded)
    );
  }

  /** Sends `init` and starts the pings. */
  init(id: string): void {
    this.#send(encodeEvent("init", id, Date.now()));
    this.#ping();
    this.#pings = setInterval(() => this.#ping(), Math.min(this.#options.pingMs, LONGEST_TIMER_MS));
  }

  /** Sends one output event whose text is already escaped; returns a promise only when the producer must wait. */
  output(type: "stdout" | "stderr", textJson: string): Promise<void> | undefined {
    const sent = this.#send(encodeEvent(type, textJson, Date.now()));
    this.#isStalled = this.#options.stalls;
    return sent;
  }

  /** Sends one output event piece by piece, for lines that must not be held in memory. */
  async longOutput(type: "stdout" | "stderr", pieces: AsyncIterable<string>): Promise<void> {
    this.#isInsideFrame = true;
    await this.#write(`${this.#delimiters.before}{"type":"${type}","text":"`);
    for await (const piece of pieces) {
      if (!this.isOpen) return;
      await this.#write(piece);
    }
    this.#isInsideFrame = false;
    await this.#write(`","timestamp":${Date.now()}}${this.#delimiters.after}`);
  }

  /** Sends `execution_complete`. */
  async complete(executionTimeMs: number): Promise<void> {
    await this.#send(encodeEvent("execution_complete", "", Date.now(), { executionTimeMs }));
  }

  /** Sends the terminal `error` event. */
  async fail(error: NonNullable<EventMembers["error"]>): Promise<void> {
    await this.#send(encodeEvent("error", "", Date.now(), { error }));
  }

  /** Sends the number of a run in its code context. */
  async count(executionCount: number): Promise<void> {
    await this.#send(encodeEvent("execution_count", "", Date.now(), { executionCount }));
  }

  /** Sends what code evaluated to. */
  async result(results: NonNullable<EventMembers["results"]>): Promise<void> {
    const { resultTextKey: key = "text" } = this.#options;
    const named = Object.fromEntries(
      Object.entries(results).map(([type, value]) => [type === "text" ? key : type, value]),
    );
    await this.#send(encodeEvent("result", "", Date.now(), { results: named }));
  }

  /** Sends the status that precedes the error of code. */
  async status(text: "error"): Promise<void> {
    await this.#send(encodeEvent("status", text, Date.now()));
  }

  /** Appends the error envelope and ends the answer. */
  envelope(message: string): void {
    if (!this.isOpen || this.#isStalled) return;
    this.#response.write(encodeEnvelope(message));
    this.end();
  }

  /** Ends the answer, with an empty stream when nothing was sent. */
  end(): void {
    clearInterval(this.#pings);
    if (!this.isOpen || this.#isStalled) return;
    if (!this.#response.headersSent) this.#response.writeHead(200, STREAM_HEADERS);
    this.#response.end();
  }

  /** Drops the connection inside a frame (fault `cut-stream`). */
  cut(): void {
    this.#response.write(`${this.#delimiters.before}{"type":"stdout","te`, () => this.#response.destroy());
  }

  #ping(): void {
    if (this.#isInsideFrame || this.#response.writableNeedDrain) return;
    void this.#send(encodeEvent("ping", "pong", Date.now()));
  }

  #send(event: string): Promise<void> | undefined {
    const frame = `${this.#delimiters.before}${event}${this.#delimiters.after}`;
    if (!this.#options.splitFrames) return this.#write(frame);
    const bytes = Buffer.from(frame);
    const multibyte = bytes.findIndex((byte) => byte >= 0xc0);
    const cut = multibyte === -1 ? bytes.length >> 1 : multibyte + 1;
    void this.#write(bytes.subarray(0, cut));
    return this.#write(bytes.subarray(cut));
  }

  #write(data: string | Buffer): Promise<void> | undefined {
    if (!this.isOpen) {
      this.#breakOff();
      return undefined;
    }
    if (this.#isStalled) return undefined;
    if (!this.#response.headersSent) this.#response.writeHead(200, STREAM_HEADERS);
    if (this.#response.write(data)) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #breakOff(): void {
    if (!this.isWanted) return;
    this.#isBroken = true;
    clearInterval(this.#pings);
    this.#options.onBrokenWrite?.();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};
