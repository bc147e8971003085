import { NEVER, Subject, concat, from, lastValueFrom, throwError, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { transcript, type FollowedText, type Transcript } from "../index.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const line = (text: string, type: "stdout" | "stderr" = "stdout"): ExecutionEvent => ({
  type,
  text,
  unit: "line",
  timestamp: 1,
});
const chunk = (text: string): ExecutionEvent => ({ type: "stdout", text, unit: "chunk", timestamp: 1 });
const texts = ({ lines }: Transcript): readonly string[] => lines.map(({ text }) => text);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("transcript", () => {
  it("shows a run from its start to its end, once per frame", () => {
    const events = new Subject<ExecutionEvent>();
    const seen: Transcript[] = [];
    let isComplete = false;
    events.pipe(transcript()).subscribe({ next: (value) => seen.push(value), complete: () => (isComplete = true) });
    expect(seen).toEqual([{ lines: [], firstLine: 0, isLastLineOpen: false, end: null, liveness: "connecting" }]);
    events.next(init);
    events.next(line("one"));
    events.next(line("two", "stderr"));
    expect(seen).toHaveLength(1);
    vi.advanceTimersByTime(50);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toMatchObject({
      lines: [
        { number: 0, stream: "stdout", text: "one" },
        { number: 1, stream: "stderr", text: "two" },
      ],
      liveness: "live",
    });
    vi.advanceTimersByTime(1000);
    expect(seen).toHaveLength(2);
    for (let index = 0; index < 1000; index += 1) events.next(line("more"));
    vi.advanceTimersByTime(49);
    events.next(complete);
    events.complete();
    expect(seen).toHaveLength(3);
    expect(seen[2]!.lines).toHaveLength(1002);
    expect(seen[2]!.lines[0]).toBe(seen[1]!.lines[0]);
    expect(seen[2]).toMatchObject({ end: { kind: "exited", exitCode: 0 }, liveness: "ended" });
    expect(isComplete).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets what follows a carriage return replace the open line", () => {
    const events = new Subject<ExecutionEvent>();
    const seen: Transcript[] = [];
    events.pipe(transcript({ frameMs: 10 })).subscribe((value) => seen.push(value));
    for (const text of ["10 %", "\r", "20 %\r3", "0 %"]) {
      events.next(chunk(text));
      vi.advanceTimersByTime(10);
    }
    expect(seen.slice(1).map(texts)).toEqual([["10 %"], ["10 %"], ["3"], ["30 %"]]);
    expect(seen.at(-1)!.isLastLineOpen).toBe(true);
    events.next(chunk("\r\ndone"));
    events.complete();
    expect(seen.at(-1)).toMatchObject({
      lines: [{ text: "30 %" }, { text: "done" }],
      isLastLineOpen: false,
      end: null,
    });
  });

  it("shows what came before an error", async () => {
    const error = new Error("lost");
    const seen: unknown[] = [];
    concat(
      from([init, line("a")]),
      throwError(() => error),
    )
      .pipe(transcript())
      .subscribe({ next: (value) => seen.push(texts(value)), error: (thrown: unknown) => seen.push(thrown) });
    expect(seen).toEqual([[], ["a"], error]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells when a run stalls, and stops its timers on unsubscribe", () => {
    const seen: Transcript[] = [];
    const subscription = concat(from([init]), NEVER)
      .pipe(transcript())
      .subscribe((value) => seen.push(value));
    vi.advanceTimersByTime(30_000);
    expect(seen.map(({ liveness }) => liveness)).toEqual(["connecting", "live", "quiet", "stalled"]);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reads a command that is followed, whose silence is no evidence", () => {
    const events = new Subject<FollowedText>();
    const seen: Transcript[] = [];
    events.pipe(transcript()).subscribe((value) => seen.push(value));
    events.next({ type: "started" });
    events.next({ type: "output", text: "a\nb" });
    vi.advanceTimersByTime(60_000);
    expect(seen.at(-1)).toMatchObject({ lines: [{ text: "a", stream: "output" }, { text: "b" }], liveness: "quiet" });
    events.next({ type: "reconnecting" });
    vi.advanceTimersByTime(50);
    expect(seen.at(-1)).toMatchObject({ liveness: "stalled" });
    events.next({ type: "output", text: "c\n" });
    events.next({ type: "end", end: { kind: "exited", exitCode: 3 } });
    events.complete();
    expect(seen.at(-1)).toMatchObject({ end: { kind: "exited", exitCode: 3 }, liveness: "ended" });
    expect(texts(seen.at(-1)!)).toEqual(["a", "bc"]);
  });

  it("uses animation frames where there are some", () => {
    const frames: (() => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (call: () => void) => frames.push(call));
    const cancel = vi.fn();
    vi.stubGlobal("cancelAnimationFrame", cancel);
    try {
      const events = new Subject<ExecutionEvent>();
      const seen: Transcript[] = [];
      events.pipe(transcript()).subscribe((value) => seen.push(value));
      events.next(line("a"));
      events.next(line("b"));
      vi.advanceTimersByTime(2000);
      expect(seen).toHaveLength(1);
      expect(frames).toHaveLength(1);
      frames[0]!();
      expect(texts(seen[1]!)).toEqual(["a", "b"]);
      events.next(line("c"));
      events.complete();
      expect(cancel).toHaveBeenCalledWith(2);
      expect(texts(seen[2]!)).toEqual(["a", "b", "c"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("of two ends of code shows the error", async () => {
    const failed: ExecutionEvent = { type: "error", error: { name: "E", value: "no", traceback: [] }, timestamp: 2 };
    for (const events of [
      [init, complete, failed],
      [init, failed, complete],
    ]) {
      const seen = await lastValueFrom(from(events).pipe(transcript(), toArray()));
      expect(seen.at(-1)!.end).toMatchObject({ kind: "failed" });
    }
  });

  it.each([{ maxLines: 0 }, { maxBytes: -1 }, { frameMs: 0 }, { pingMs: NaN }, { lines: 3 }])(
    "refuses %j at the call",
    (options) => {
      expect(() => transcript(options)).toThrow(new RegExp(Object.keys(options)[0]!));
    },
  );
});
