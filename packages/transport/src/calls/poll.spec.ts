import fc from "fast-check";
import { NEVER, Observable, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createScope } from "../scope/create-scope.js";
import { collect } from "../testing/api-over.js";
import { adaptiveDelay, poll } from "./poll.js";

const month = 31 * 86_400_000;
const every = (delayMs: number) => ({ delayMs: () => delayMs });

describe("poll", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks at once, and again a pause after each answer, until the last one", () => {
    const scope = createScope();
    const seen = collect(poll({ scope }, (count) => of(count), { ...every(1000), isLast: (count) => count === 2 }));
    expect(seen.values).toEqual([0]);
    vi.advanceTimersByTime(999);
    expect(seen.values).toEqual([0]);
    vi.advanceTimersByTime(1);
    expect(seen.values).toEqual([0, 1]);
    vi.advanceTimersByTime(1000);
    expect(seen).toMatchObject({ values: [0, 1, 2], done: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits before the first question where that is asked for, and counts the time from there", () => {
    const scope = createScope();
    const elapsed: number[] = [];
    const delayMs = ({ elapsedMs }: { readonly elapsedMs: number }): number => elapsed.push(elapsedMs) * 100;
    const seen = collect(poll({ scope }, (count) => of(count), { delayMs, firstDelayMs: 500 }));
    vi.advanceTimersByTime(499);
    expect(seen.values).toEqual([]);
    vi.advanceTimersByTime(101);
    expect(seen.values).toEqual([0, 1]);
    expect(elapsed).toEqual([0, 100]);
    seen.unsubscribe();
    const early = collect(poll({ scope: createScope() }, (count) => of(count), { delayMs, firstDelayMs: 500 }));
    early.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer than a timer of the platform can", () => {
    const seen = collect(poll({ scope: createScope() }, (count) => of(count), every(month)));
    vi.advanceTimersByTime(month - 1);
    expect(seen.values).toEqual([0]);
    vi.advanceTimersByTime(1);
    expect(seen.values).toEqual([0, 1]);
    seen.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells how long it has polled and how long the answer took", () => {
    const times: unknown[] = [];
    const answer = new Observable<string>((subscriber) => {
      const timer = setTimeout(() => {
        subscriber.next("a");
        subscriber.complete();
      }, 300);
      return () => clearTimeout(timer);
    });
    const delayMs = (given: { readonly elapsedMs: number; readonly tookMs: number }): number => times.push(given) * 100;
    const seen = collect(poll({ scope: createScope() }, () => answer, { delayMs }));
    vi.advanceTimersByTime(700);
    expect(times).toEqual([
      { elapsedMs: 300, tookMs: 300 },
      { elapsedMs: 700, tookMs: 300 },
    ]);
    seen.unsubscribe();
  });

  it("errors with the question that fails, and asks no more", () => {
    const failure = new Error("failed");
    const ask = (count: number): Observable<number> => (count === 1 ? throwError(() => failure) : of(count));
    const seen = collect(poll({ scope: createScope() }, ask, every(10)));
    vi.advanceTimersByTime(1000);
    expect(seen).toMatchObject({ values: [0], error: failure, done: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("aborts the question under way on unsubscribe", () => {
    let isAborted = false;
    const question = new Observable<never>(() => () => {
      isAborted = true;
    });
    collect(poll({ scope: createScope() }, () => question, every(10))).unsubscribe();
    expect(isAborted).toBe(true);
  });

  it.each([
    ["a pause", () => of(1)],
    ["a question", () => NEVER],
  ])("errors with closed when the client closes during %s", async (_, ask) => {
    const scope = createScope();
    const seen = collect(poll<number>({ scope }, ask, every(month)));
    await scope.close();
    expect(seen.error).toMatchObject({ code: "closed" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("adaptiveDelay", () => {
  it("is a fifth of the time waited, within its bounds, and spread by at most a fifth", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (elapsedMs, random) => {
          const base = Math.min(4000, Math.max(20, elapsedMs / 5));
          const delay = adaptiveDelay({ minMs: 20, maxMs: 4000 }, elapsedMs, random);
          expect(delay).toBeGreaterThanOrEqual(0.8 * base - 1e-6);
          expect(delay).toBeLessThanOrEqual(1.2 * base + 1e-6);
        },
      ),
    );
    expect(adaptiveDelay({ minMs: 20, maxMs: 4000 }, 5000, 0.5)).toBeCloseTo(1000);
    expect(adaptiveDelay({ minMs: 20, maxMs: 4000 }, 0, 0)).toBeCloseTo(16);
    expect(adaptiveDelay({ minMs: 20, maxMs: 4000 }, 1e9, 1)).toBeCloseTo(4800);
  });
});
