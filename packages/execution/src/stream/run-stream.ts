import { Observable, Subscription } from "rxjs";
import type { ExecutionEvent, TextUnit } from "@rxsandbox/protocol";
import {
  StreamTruncatedError,
  createEventDecoder,
  envelopeError,
  toSandboxError,
  type ApiRequest,
  type CleanupSubject,
  type Flow,
  type StreamPart,
} from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { markProbablyTimedOut, type TerminalEvent } from "../execution-end.js";
import { awaitCommandId, type LateStream } from "./await-command-id.js";

/** One execution to stream. */
export interface StreamRequest {
  readonly call: ApiRequest;
  readonly unit: TextUnit;
  /** Milliseconds that the caller gave the run; tells a probable timeout from a kill. */
  readonly timeoutMs?: number | undefined;
  /** Names the run for a clean-up whose command id never came. */
  readonly requestId: string;
  /** Ends the remote execution of that id, after an unsubscribe. `undefined`: closing the stream is all there is to do. */
  readonly interrupt: ((id: string) => Observable<unknown>) | undefined;
  /** Told about the flow control of the body when the head is there. */
  readonly onFlow?: ((flow: Flow) => void) | undefined;
}

/**
 * Streams one execution until its terminal event: the place where a run gets exactly one end (`execd.md` 2.4).
 *
 * Producer: each subscription sends the request. Completes at the terminal event without waiting for the end of body; the rest is
 * drained in the background. Errors: `stream-truncated` at an end of body without a terminal event, `execution-failed` and
 * `execution-timed-out` for an envelope, `protocol`, `event-too-large`, `network`.
 * Unsubscribe, and an error that this side raises, end the remote execution: see `interrupt`.
 */
export function runStream({ api, scope, maxEventBytes }: ExecutionOptions, request: StreamRequest): Observable<ExecutionEvent> {
  return new Observable<ExecutionEvent>((subscriber) => {
    const { call, interrupt } = request;
    const body = new Subscription();
    let flow: Flow | undefined;
    let startedAt = 0;
    let isSent = false;
    let drained = 0;
    let id: string | undefined;
    /** What to do when nobody listens any more: `run` while the execution runs and is ours to end. */
    let phase: "run" | "ended" | "lost" | "abandoned" = "run";
    let late: LateStream | undefined;

    const decoder = createEventDecoder(
      { unit: request.unit, maxEventBytes },
      {
        event(event) {
          if (event.type === "init" && id === undefined) {
            id = event.id;
            late?.found(id);
          }
          if (phase !== "run") return;
          if (event.type === "execution_complete" || event.type === "error") end(event);
          else subscriber.next(event);
        },
        envelope(envelope) {
          if (phase === "run") fail(envelopeError(envelope));
          else late?.over();
        },
      },
    );

    function end(event: TerminalEvent): void {
      if (request.timeoutMs !== undefined && event.type === "error" && Date.now() - startedAt >= request.timeoutMs) markProbablyTimedOut(event);
      // Before the event goes out: whoever unsubscribes on it must not interrupt what has ended.
      phase = "ended";
      decoder.stop();
      subscriber.next(event);
      subscriber.complete();
    }

    /** The server's side is over, or unknown: nothing to interrupt. */
    function fail(error: unknown): void {
      phase = "lost";
      decoder.stop();
      subscriber.error(toSandboxError(error, { what: call.what, method: call.method, path: call.path }));
    }

    function part(received: StreamPart): void {
      if (received.kind === "head") {
        flow = received.flow;
        request.onFlow?.(flow);
        return;
      }
      if (phase === "ended") {
        drained += received.bytes.length;
        return;
      }
      late?.read(received.bytes.length);
      try {
        decoder.push(received.bytes);
      } catch (error) {
        if (late !== undefined) return late.failed(error);
        // The server runs on as if nothing had happened: `phase` stays `run`, so that the teardown ends it.
        subscriber.error(toSandboxError(error, { what: call.what, method: call.method, path: call.path }));
      }
    }

    function bodyEnd(): void {
      body.unsubscribe();
      if (late !== undefined) return late.over();
      if (phase !== "run") return;
      try {
        decoder.end();
      } catch (error) {
        fail(error);
        return;
      }
      // The last frame may have been the end.
      if ((phase as string) === "run") {
        const text = `${call.what}: ${call.method} ${call.path} [stream-truncated]: the stream stopped without an end event; the outcome is unknown`;
        fail(new StreamTruncatedError(text, decoder.progress()));
      }
    }

    function abandon(): void {
      phase = "abandoned";
      if (interrupt === undefined || body.closed) {
        body.unsubscribe();
        return;
      }
      if (id !== undefined) {
        body.unsubscribe();
        void scope.cleanup(subjectOf(id), interrupt(id));
        return;
      }
      // A disconnect has no effect on the command: aborting now would orphan it (`execd.md` 2.4).
      const waiting = awaitCommandId(body, interrupt);
      late = waiting.stream;
      void scope.cleanup(subjectOf(`with request id ${request.requestId}`), waiting.work);
    }

    body.add(
      api.target().subscribe({
        error: fail,
        next: () => {
          startedAt = Date.now();
          isSent = true;
          body.add(
            api.open(call).subscribe({
              next: part,
              complete: bodyEnd,
              error: (error: unknown) => {
                body.unsubscribe();
                if (late !== undefined) late.failed(error);
                else if (phase === "run") fail(error);
              },
            }),
          );
        },
      }),
    );
    return () => {
      switch (phase) {
        case "ended":
          if (!body.closed) scope.drain({ subscription: body, detach: () => flow?.detach(), bytes: () => drained });
          return;
        case "run":
          return isSent ? abandon() : body.unsubscribe();
        case "lost":
        case "abandoned":
          return body.unsubscribe();
      }
    };
  });
}

function subjectOf(id: string): CleanupSubject {
  return { kind: "command", id };
}
