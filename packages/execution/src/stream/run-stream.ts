import { Observable, Subscription } from "rxjs";
import { REQUEST_ID_HEADER, type ExecutionEvent, type TextUnit } from "@rxsandbox/protocol";
import {
  StreamTruncatedError,
  createEventDecoder,
  envelopeError,
  type ApiRequest,
  type CleanupSubject,
  type DrainableBody,
  type Flow,
  type SandboxError,
  type StreamPart,
} from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { markCode, markProbablyTimedOut, type TerminalEvent } from "../execution-end.js";
import { awaitCommandId, type LateStream } from "./await-command-id.js";
import { streamError } from "./stream-error.js";

/**
 * Time between a ping and a terminal event after which the body ends without another ping: pings come every 3 s, the body ends 1 s after
 * its terminal event (`execd.md` 2.2, 2.4); the rest is a margin.
 */
const QUIET_MS = 1800;

/** One execution to stream. */
export interface StreamRequest {
  readonly call: ApiRequest;
  readonly unit: TextUnit;
  /** Milliseconds that the caller gave the run; tells a probable timeout from a kill. */
  readonly timeoutMs?: number | undefined;
  /** Names the run for a clean-up whose command id never came. */
  readonly requestId: string;
  /**
   * Ends the remote execution of that id, after an unsubscribe; the body is then read to its end, so that the daemon never writes to a
   * closed connection (`divergences.md` X66). `undefined`: closing the stream is all there is to do.
   */
  readonly interrupt: ((id: string) => Observable<unknown>) | undefined;
  /** Work before a stream is closed that goes on in spite of the interrupt: keeps that from killing other commands. */
  readonly beforeAbort?: Observable<unknown> | undefined;
  /** What is named when ending the remote execution fails; a command when absent. */
  readonly subject?: CleanupSubject["kind"] | undefined;
  /** Reads to the end of the body: `/code` sends frames after its terminal event, of which there may be two (`execd.md` 2.4). */
  readonly toBodyEnd?: boolean | undefined;
  /** Told about the flow control of the body when the head is there. */
  readonly onFlow?: ((flow: Flow) => void) | undefined;
}

/**
 * Streams one execution until its terminal event: the place where a run gets exactly one end (`execd.md` 2.4).
 *
 * Producer: each subscription sends the request. Completes at the terminal event without waiting for the end of body; the rest is
 * drained in the background. With `toBodyEnd` it completes at the end of body, if a terminal event came before it. Errors:
 * `stream-truncated` at an end of body without a terminal event, `execution-failed`, `execution-timed-out` and `invalid-state` (a busy
 * code context) for an envelope, `protocol`, `event-too-large`, `network`.
 * Unsubscribe, and an error that this side raises, end the remote execution: see `interrupt`.
 * Bounds of reading on: those of `scope.drain`.
 */
export function runStream({ api, scope, maxEventBytes }: ExecutionOptions, request: StreamRequest): Observable<ExecutionEvent> {
  return new Observable<ExecutionEvent>((subscriber) => {
    const { call, interrupt, beforeAbort, subject: kind = "command" } = request;
    const body = new Subscription();
    let { requestId } = request;
    let flow: Flow | undefined;
    let startedAt = 0;
    let isSent = false;
    let isDropped = false;
    let isUnreadable = false;
    let drained = 0;
    let pingedAt = 0;
    let isQuiet = true;
    let id: string | undefined;
    /**
     * What to do when nobody listens any more: `run` while the execution runs and is ours to end; `rest` when it is over and told further.
     * What comes in phase `drained` is not decoded.
     */
    let phase: "run" | "rest" | "drained" | "abandoned" = "run";
    let hasFailed = false;
    let late: LateStream | undefined;

    const decoder = createEventDecoder(
      { unit: request.unit, maxEventBytes },
      {
        event(event) {
          if (event.type === "init" || event.type === "ping") pingedAt = event.timestamp;
          if (event.type === "init" && id === undefined) {
            id = event.id;
            late?.found(id);
          }
          const isTerminal = event.type === "execution_complete" || event.type === "error";
          if (isTerminal) isQuiet = event.timestamp - pingedAt < QUIET_MS;
          if (phase !== "run" && phase !== "rest") {
            if (isTerminal) late?.over();
          } else if (isTerminal) end(event);
          else subscriber.next(event);
        },
        envelope(envelope) {
          // After an error event it tells the same failure once more (`execd.md` 2.4, SQL).
          if (phase === "rest" && hasFailed) finish();
          else if (phase === "run" || phase === "rest") fail(envelopeError(envelope, api.redactor(call)));
          else late?.over();
        },
      },
    );

    function end(event: TerminalEvent): void {
      if (request.timeoutMs !== undefined && event.type === "error" && performance.now() - startedAt >= request.timeoutMs) markProbablyTimedOut(event);
      if (request.unit === "chunk") markCode(event);
      // Before the event goes out: whoever unsubscribes on it must not interrupt what has ended.
      if (request.toBodyEnd === true) {
        phase = "rest";
        hasFailed ||= event.type === "error";
        subscriber.next(event);
        return;
      }
      phase = "drained";
      decoder.stop();
      subscriber.next(event);
      subscriber.complete();
    }

    function finish(): void {
      phase = "drained";
      decoder.stop();
      subscriber.complete();
    }

    /** The server's side is over, or unknown: nothing to interrupt. */
    function fail(error: unknown): void {
      phase = "drained";
      decoder.stop();
      subscriber.add(api.explain(inContext(error)).subscribe({ error: (explained: unknown) => subscriber.error(explained) }));
    }

    function inContext(error: unknown): SandboxError {
      return streamError(error, { call, requestId, id, subject: kind });
    }

    function part(received: StreamPart): void {
      if (received.kind === "head") {
        flow = received.flow;
        requestId = received.headers[REQUEST_ID_HEADER.toLowerCase()] || requestId;
        request.onFlow?.(flow);
        return;
      }
      if (phase === "drained") {
        drained += received.bytes.length;
        return;
      }
      try {
        decoder.push(received.bytes);
      } catch (error) {
        if (late !== undefined) return late.failed(error);
        // The server runs on as if nothing had happened: `phase` stays `run`, so that the teardown ends it.
        isUnreadable = true;
        subscriber.error(inContext(error));
      }
      // After the decoding: the id may be at the front of a large chunk.
      late?.read(received.bytes.length);
    }

    function bodyEnd(): void {
      body.unsubscribe();
      if (isDropped) return late?.over();
      if (phase === "drained") return;
      try {
        decoder.end();
        // The last frame may have been the end.
        if ((phase as string) === "rest") finish();
        else if ((phase as string) !== "drained") throw truncated();
      } catch (error) {
        lost(error);
      }
    }

    function lost(error: unknown): void {
      if (late !== undefined) late.failed(error);
      else if (phase === "run" || phase === "rest") fail(error);
    }

    function truncated(): StreamTruncatedError {
      return new StreamTruncatedError({ detail: "the stream ended without an end event" }, decoder.progress());
    }

    /** Asked before each sending: an attempt that waits to be repeated when the subscriber leaves never goes out. */
    function beforeAttempt(): boolean {
      if (phase !== "run") {
        isDropped = true;
        return false;
      }
      isSent = true;
      startedAt = performance.now();
      return true;
    }

    function close(): void {
      decoder.stop();
      body.unsubscribe();
    }

    function drain(writes: Pick<DrainableBody, "isQuiet" | "beforeAbort">): void {
      phase = "drained";
      decoder.stop();
      // A reader that is behind may have paused it: then there would be nothing to drain.
      flow?.resume();
      scope.drain({ subscription: body, ...writes, detach: () => flow?.detach(), bytes: () => drained });
    }

    function abandon(): void {
      phase = "abandoned";
      // Nothing left yet, closing the stream is all there is to do, or nothing more can be read of it.
      if (!isSent || interrupt === undefined || body.closed || (isUnreadable && id === undefined)) return close();
      if (id !== undefined) {
        void scope.cleanup({ kind, id }, interrupt(id));
        return drain({ isQuiet: false, beforeAbort });
      }
      // A disconnect has no effect on the command: aborting now would orphan it (`execd.md` 2.4).
      const waiting = awaitCommandId(interrupt, (end) => {
        if (end === "unknown") close();
        else drain(end === "over" ? { isQuiet } : { isQuiet: false, beforeAbort });
      });
      late = waiting.stream;
      void scope.cleanup({ kind, id: `with request id ${requestId}` }, waiting.work);
    }

    // Before anything is sent: a subscriber may leave inside a synchronous exchange.
    subscriber.add(() => {
      if (phase === "run") abandon();
      else if (phase !== "abandoned" && !body.closed) drain({ isQuiet });
    });
    body.add(
      api.open({ ...call, beforeAttempt }).subscribe({
        next: part,
        complete: bodyEnd,
        error: (error: unknown) => {
          body.unsubscribe();
          lost(error);
        },
      }),
    );
  });
}
