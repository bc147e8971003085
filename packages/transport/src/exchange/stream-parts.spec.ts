import { Observable, takeUntil, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import type { StreamPart } from "../ports/transport.js";
import type { ExchangeSink } from "./exchange-sink.js";
import { streamParts } from "./stream-parts.js";

const flow = { pause: () => undefined, resume: () => undefined, detach: () => undefined };

/** A stream and the hand that feeds it. */
function open(): { readonly parts: Observable<StreamPart>; readonly sink: () => ExchangeSink } {
  let sink: ExchangeSink | undefined;
  const parts = new Observable<StreamPart>((subscriber) => {
    sink = streamParts(subscriber);
  });
  return { parts, sink: () => sink! };
}

describe("streamParts", () => {
  it("emits head and chunks, and completes", () => {
    const { parts, sink } = open();
    const seen: unknown[] = [];
    parts.subscribe({
      next: (part) => seen.push(part.kind === "head" ? part.status : part.bytes.length),
      complete: () => seen.push("complete"),
    });
    sink().head(200, {}, flow);
    sink().chunk(new Uint8Array(3));
    sink().end();
    expect(seen).toEqual([200, 3, "complete"]);
  });

  it("delivers chunks past all operators to who asks for them with the head, and notifies the end as always", () => {
    const { parts, sink } = open();
    const seen: unknown[] = [];
    parts.subscribe({
      next: (part) =>
        part.kind === "head" ? part.deliver?.((bytes) => seen.push(bytes.length)) : seen.push("emitted"),
      error: (error: unknown) => seen.push(error),
    });
    sink().head(200, {}, flow);
    sink().chunk(new Uint8Array(3));
    sink().fail("failure" as never);
    expect(seen).toEqual([3, "failure"]);
  });

  it("delivers nothing after an unsubscribe, also one by an operator in between", () => {
    const { parts, sink } = open();
    const stop = new Subject<void>();
    const seen: unknown[] = [];
    parts
      .pipe(takeUntil(stop))
      .subscribe((part) => part.kind === "head" && part.deliver?.((bytes) => seen.push(bytes.length)));
    sink().head(200, {}, flow);
    sink().chunk(new Uint8Array(1));
    stop.next();
    sink().chunk(new Uint8Array(2));
    expect(seen).toEqual([1]);
  });
});
