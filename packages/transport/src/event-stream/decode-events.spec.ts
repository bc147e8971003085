import type { ExecutionEvent } from "@rxsandbox/protocol";
import { executionFrames } from "@rxsandbox/testkit";
import { from, lastValueFrom, NEVER, Observable, of, Subject, take, throwError, toArray, concat } from "rxjs";
import { describe, expect, it } from "vitest";
import { ProtocolError, StreamTruncatedError } from "../errors/errors.js";
import { decodeEvents } from "./decode-events.js";

const init: ExecutionEvent = { type: "init", id: "c1", timestamp: 1 };
const a: ExecutionEvent = { type: "stdout", text: "a", unit: "line", timestamp: 2 };
const b: ExecutionEvent = { type: "stdout", text: "b", unit: "line", timestamp: 3 };
const end: ExecutionEvent = { type: "execution_complete", executionTimeMs: 1, timestamp: 4 };
const options = { unit: "line" } as const;

function watch(source: Observable<Uint8Array>): unknown[] {
  const log: unknown[] = [];
  source.pipe(decodeEvents(options)).subscribe({
    next: (event) => log.push(event),
    error: (error: unknown) => log.push(error),
    complete: () => log.push("complete"),
  });
  return log;
}

describe("decodeEvents", () => {
  it("emits every event and completes with the source, whether or not the execution has ended", async () => {
    expect(await lastValueFrom(of(executionFrames([init, a, end])).pipe(decodeEvents(options), toArray()))).toEqual([
      init,
      a,
      end,
    ]);
    expect(watch(of(executionFrames([init])))).toEqual([init, "complete"]);
  });

  it("starts a decoder of its own for each subscriber", async () => {
    const bytes = executionFrames([init, a]);
    const events = from([bytes.slice(0, 20), bytes.slice(20)]).pipe(decodeEvents(options), toArray());
    expect(await lastValueFrom(events)).toEqual([init, a]);
    expect(await lastValueFrom(events)).toEqual([init, a]);
  });

  it("delivers inside the chunk's next", () => {
    const chunks = new Subject<Uint8Array>();
    const log = watch(chunks);
    chunks.next(executionFrames([init]));
    expect(log).toEqual([init]);
  });

  it("turns the envelope into an error that keeps the server's code, and says when the time was up", () => {
    const failed = watch(
      of(executionFrames([init, { code: "RUNTIME_ERROR", message: "error running codes session is busy" }])),
    );
    expect(failed).toEqual([init, expect.objectContaining({ code: "invalid-state", serverCode: "RUNTIME_ERROR" })]);
    const late = watch(
      of(
        executionFrames([init, { code: "RUNTIME_ERROR", message: "error running in session. timeout after 300ms" }], {
          framing: "sse",
        }),
      ),
    );
    expect(late).toEqual([init, expect.objectContaining({ code: "execution-timed-out", serverCode: "RUNTIME_ERROR" })]);
  });

  it("delivers nothing after the envelope", () => {
    const bytes = concat(
      of(executionFrames([init, { code: "X", message: "y" }])),
      of(new TextEncoder().encode("\n")),
      of(executionFrames([a])),
    );
    expect(watch(bytes)).toEqual([init, expect.objectContaining({ code: "execution-failed" })]);
  });

  it("errors for rubbish and for a body that ends inside a frame, after what came before", () => {
    const bytes = executionFrames([init, a]);
    expect(watch(of(bytes, new TextEncoder().encode("rubbish!\n")))).toEqual([init, a, expect.any(ProtocolError)]);
    expect(watch(of(bytes.slice(0, -10)))).toEqual([init, expect.any(StreamTruncatedError)]);
  });

  it("passes the source's error on", () => {
    const broken = new Error("reset");
    expect(
      watch(
        concat(
          of(executionFrames([init])),
          throwError(() => broken),
        ),
      ),
    ).toEqual([init, broken]);
  });

  it("emits nothing after unsubscribe, not even from the same chunk, and leaves the source", () => {
    let isLeft = false;
    const source = new Observable<Uint8Array>((subscriber) => {
      subscriber.next(executionFrames([init, a, b, end]));
      return () => {
        isLeft = true;
      };
    });
    const log: unknown[] = [];
    concat(source, NEVER)
      .pipe(decodeEvents(options), take(2))
      .subscribe((event) => log.push(event));
    expect(log).toEqual([init, a]);
    expect(isLeft).toBe(true);
  });

  it("stops a synchronous source that would go on for ever", () => {
    const endless = (function* () {
      for (;;) yield executionFrames([a]);
    })();
    const log: unknown[] = [];
    from(endless)
      .pipe(decodeEvents(options), take(3))
      .subscribe((event) => log.push(event));
    expect(log).toEqual([a, a, a]);
  });
});
