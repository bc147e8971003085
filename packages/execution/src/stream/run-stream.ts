import { Observable, Subscription, type Subscriber } from "rxjs";
import { REQUEST_ID_HEADER, type ExecutionEvent, type RunFacts, type TextUnit } from "@rxsandbox/protocol";
import {
  StreamStalledError,
  createEventDecoder,
  envelopeError,
  isSandboxGone,
  type ApiRequest,
  type CleanupSubject,
  type EventDecoder,
  type Flow,
  type SandboxError,
  type StreamPart,
} from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import type { EndEvent } from "../execution-end.js";
import { awaitCommandId, type LateStream } from "./await-command-id.js";
import { isDecoding, isListening, settle, type RunAction, type RunInput, type RunState } from "./settle.js";
import { StallWatch, type Silence } from "./stall-watch.js";
import { streamError } from "./stream-error.js";

/** What a terminal event shows of its command line or code. */
const MAX_SOURCE_LENGTH = 200;
/** Masked before it is cut, so that no part of a secret is left at the cut; code may be large. */
const MAX_MASKED_LENGTH = 65_536;

/** One execution to stream. */
export interface StreamRequest {
  readonly call: ApiRequest;
  readonly unit: TextUnit;
  /** The command line or the code. */
  readonly source: string;
  /** Milliseconds that the caller gave the run; tells a probable timeout from a kill. */
  readonly timeoutMs?: number | undefined;
  /** See {@link StallWatch}; milliseconds. */
  readonly stallTimeoutMs?: number | null | undefined;
  /**
   * Ends the remote execution of that id, after an unsubscribe; the body is then read to its end, so that the daemon
   * never writes to a closed connection (`divergences.md` X66). `undefined`: closing the stream is all there is to do.
   */
  readonly interrupt: ((id: string) => Observable<unknown>) | undefined;
  /** Work before a stream is closed that goes on in spite of the interrupt: keeps that from killing other commands. */
  readonly beforeAbort?: Observable<unknown> | undefined;
  /** What is named when ending the remote execution fails; a command when absent. */
  readonly subject?: CleanupSubject["kind"] | undefined;
  /**
   * Reads to the end of the body: `/code` sends frames after its terminal event, of which there may be two (`execd.md`
   * 2.4).
   */
  readonly toBodyEnd?: boolean | undefined;
  /** Told about the flow control of the body when the head is there. */
  readonly onFlow?: ((flow: Flow) => void) | undefined;
}

/**
 * Streams one execution until its terminal event: the place where a run gets exactly one end (`execd.md` 2.4).
 *
 * Producer: each subscription sends the request. Completes at the terminal event without waiting for the end of body;
 * the rest is drained in the background. With `toBodyEnd` it completes at the end of body, if a terminal event came
 * before it. Errors: `stream-truncated` at an end of body without a terminal event, `execution-failed`,
 * `execution-timed-out` and `invalid-state` (a busy code context) for an envelope, `stream-stalled` when nothing comes
 * any more ({@link StallWatch}), `protocol`, `event-too-large`, `network`. Unsubscribe, and an error that this side
 * raises, end the remote execution: see `interrupt`. Bounds of reading on: those of `scope.drain`.
 */
export function runStream(connection: SandboxConnection, request: StreamRequest): Observable<ExecutionEvent> {
  return connection.scope.guard(runCleanup(connection, request));
}

/** The same for work that also runs while the client closes. */
export function runCleanup(connection: SandboxConnection, request: StreamRequest): Observable<ExecutionEvent> {
  return new Observable<ExecutionEvent>((subscriber) => new StreamedRun(connection, request, subscriber).start());
}

/** Carries out for one subscriber what {@link settle} decides. */
class StreamedRun {
  readonly #connection: SandboxConnection;
  readonly #request: StreamRequest;
  readonly #subscriber: Subscriber<ExecutionEvent>;
  readonly #body = new Subscription();
  readonly #decoder: EventDecoder;
  #state: RunState = { kind: "unsent" };
  /** The server's where it sent one, else ours; empty before the first attempt. */
  #requestId = "";
  #flow: Flow | undefined;
  #search: LateStream | undefined;
  readonly #watch: StallWatch;
  #sentAt = 0;
  #drainedBytes = 0;

  constructor(connection: SandboxConnection, request: StreamRequest, subscriber: Subscriber<ExecutionEvent>) {
    this.#connection = connection;
    this.#request = request;
    this.#subscriber = subscriber;
    this.#watch = new StallWatch(request, {
      judge: (silence) => this.#judge(silence),
      condemn: (error) => this.#condemn(error),
    });
    this.#decoder = createEventDecoder(
      { unit: request.unit, maxEventBytes: connection.maxEventBytes },
      {
        event: (event) => this.#receive(event),
        envelope: (envelope) =>
          this.#input({
            kind: "envelope",
            error: envelopeError(envelope, connection.cleanupApi.redactor(request.call)),
          }),
      },
    );
  }

  start(): void {
    // Before anything is sent: a subscriber may leave inside a synchronous exchange.
    this.#subscriber.add(() => this.#input({ kind: "leave" }));
    const call = { ...this.#request.call, beforeAttempt: (requestId: string) => this.#mayBeSent(requestId) };
    this.#body.add(
      this.#connection.cleanupApi.open(call).subscribe({
        next: (part) => this.#read(part),
        complete: () => this.#endBody(),
        error: (error: unknown) => {
          this.#body.unsubscribe();
          this.#input({ kind: "failure", error });
        },
      }),
    );
  }

  #input(input: RunInput): void {
    const { interrupt, toBodyEnd = false } = this.#request;
    const [state, actions] = settle(this.#state, input, { canInterrupt: interrupt !== undefined, toBodyEnd });
    this.#state = state;
    if (!isDecoding(state)) this.#decoder.stop();
    if (!isListening(state)) this.#watch.stop();
    for (const action of actions) this.#perform(action);
  }

  /** Asked before each sending: an attempt that waits to be repeated when the subscriber leaves never goes out. */
  #mayBeSent(requestId: string): boolean {
    this.#requestId = requestId;
    this.#request.call.beforeAttempt?.(requestId);
    this.#input({ kind: "attempt" });
    if (this.#state.kind !== "running") return false;
    this.#sentAt = performance.now();
    this.#watch.sent();
    return true;
  }

  #read(part: StreamPart): void {
    if (part.kind === "head") {
      this.#flow = part.flow;
      this.#requestId = part.headers[REQUEST_ID_HEADER.toLowerCase()] || this.#requestId;
      const watched = this.#watch.head(part.flow);
      this.#request.onFlow?.(watched);
      part.deliver?.((bytes) => this.#decode(bytes));
    } else this.#decode(part.bytes);
  }

  #decode(bytes: Uint8Array): void {
    if (!isDecoding(this.#state)) {
      this.#drainedBytes += bytes.length;
      return;
    }
    this.#watch.bytes();
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      this.#input({ kind: "unreadable", error });
    }
    // After the decoding: the id may be at the front of a large chunk.
    this.#search?.read(bytes.length);
  }

  #receive(event: ExecutionEvent): void {
    if (event.type === "ping") this.#watch.ping();
    else this.#watch.frame();
    // Most events. They change nothing, so nothing has to be decided.
    if ((event.type === "stdout" || event.type === "stderr") && isListening(this.#state))
      return this.#subscriber.next(event);
    const isTerminal = event.type === "error" || event.type === "execution_complete";
    this.#input({ kind: "event", event: isTerminal ? this.#withFacts(event) : event });
  }

  #withFacts(event: EndEvent): EndEvent {
    const { call, timeoutMs, unit, source } = this.#request;
    const masked = this.#connection.cleanupApi.redactor(call).text(source.slice(0, MAX_MASKED_LENGTH));
    const run: RunFacts = {
      kind: unit === "chunk" ? "code" : "command",
      source: masked.length > MAX_SOURCE_LENGTH ? `${masked.slice(0, MAX_SOURCE_LENGTH - 1)}…` : masked,
      reachedTimeout: timeoutMs !== undefined && performance.now() - this.#sentAt >= timeoutMs,
    };
    return { ...event, run };
  }

  #judge({ of, ms }: Silence): Observable<never> {
    // The look at the state, and an interrupt, must not wait on a connection that died in the same way.
    if (of === "bytes") this.#flow?.distrust?.();
    const progress = this.#decoder.progress();
    const { bytes, lastEventType = "none" } = progress;
    const missing = of === "bytes" ? "no byte came" : "the time of the execution is up, and nothing but pings came";
    const detail = `${missing} for ${ms / 1000} s, after ${bytes} bytes; the last event was ${lastEventType}`;
    return this.#connection.cleanupApi.explainSilence(this.#inContext(new StreamStalledError({ detail }, progress)));
  }

  #condemn(error: SandboxError): void {
    this.#input({ kind: isSandboxGone(error) ? "failure" : "stall", error });
  }

  #endBody(): void {
    this.#body.unsubscribe();
    try {
      // The last frame may have been the end.
      this.#decoder.end();
    } catch (error) {
      return this.#input({ kind: "failure", error });
    }
    this.#input({ kind: "body-end", progress: this.#decoder.progress() });
  }

  #perform(action: RunAction): void {
    const { cleanupApi } = this.#connection;
    const subscriber = this.#subscriber;
    switch (action.kind) {
      case "emit":
        return subscriber.next(action.event);
      case "complete":
        return subscriber.complete();
      case "error":
        return subscriber.error(this.#inContext(action.error));
      case "explain":
        subscriber.add(
          cleanupApi
            .explain(this.#inContext(action.error))
            .subscribe({ error: (explained: unknown) => subscriber.error(explained) }),
        );
        return;
      case "interrupt":
        return this.#interrupt(action.id);
      case "search":
        return this.#searchId();
      case "search-found":
        return this.#search?.found(action.id);
      case "search-over":
        return this.#search?.over();
      case "search-failed":
        return this.#search?.failed(action.error);
      case "drain":
        return this.#drain(action);
      case "abort":
        return this.#body.unsubscribe();
    }
  }

  #inContext(error: unknown): SandboxError {
    const { call, subject } = this.#request;
    return streamError(error, {
      call,
      requestId: this.#requestId,
      id: this.#decoder.progress().commandId,
      subject: subject ?? "command",
    });
  }

  #interrupt(id: string): void {
    const { interrupt, subject: kind = "command" } = this.#request;
    if (interrupt !== undefined) void this.#connection.scope.cleanup({ kind, id }, interrupt(id));
  }

  #searchId(): void {
    const { interrupt, subject: kind = "command" } = this.#request;
    if (interrupt === undefined) return;
    const { stream, work } = awaitCommandId(interrupt, (end) => this.#input({ kind: "search-end", end }));
    this.#search = stream;
    void this.#connection.scope.cleanup({ kind, id: `with request id ${this.#requestId}` }, work);
  }

  #drain({ isQuiet, isSparing }: Extract<RunAction, { kind: "drain" }>): void {
    // A reader that is behind may have paused it: then there would be nothing to drain.
    this.#flow?.resume();
    this.#connection.scope.drain({
      subscription: this.#body,
      isQuiet,
      beforeAbort: isSparing ? this.#request.beforeAbort : undefined,
      detach: () => this.#flow?.detach(),
      bytes: () => this.#drainedBytes,
    });
  }
}
