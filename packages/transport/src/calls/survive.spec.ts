import { Observable, concat, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SandboxError } from "../errors/sandbox-error.js";
import { SandboxGoneError } from "../errors/sandbox-gone-error.js";
import { survive } from "./survive.js";

const lost = new SandboxError("network", "lost", { retryable: true });

/** A source that fails with one error after the other, and then emits and completes. */
function failing(errors: readonly unknown[], value: (time: number) => Observable<number>) {
  let times = 0;
  const source = new Observable<number>((subscriber) => {
    const error = errors[times];
    times += 1;
    const work = error === undefined ? value(times) : throwError(() => error);
    return work.subscribe(subscriber);
  });
  return { source, times: () => times };
}

function watch(source: Observable<number>, giveUpMs = 20_000) {
  const seen: { values: number[]; retries: number[]; error?: unknown; isComplete: boolean } = {
    values: [],
    retries: [],
    isComplete: false,
  };
  const subscription = source.pipe(survive({ giveUpMs, onRetry: (attempt) => seen.retries.push(attempt) })).subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  return { seen, subscription };
}

describe("survive", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("subscribes again after errors that may pass, and counts anew after a value", () => {
    const { source, times } = failing([lost, lost], (time) =>
      time === 3
        ? concat(
            of(1),
            throwError(() => lost),
          )
        : of(2),
    );
    const { seen } = watch(source);
    expect(times()).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual({ values: [1, 2], retries: [1, 2, 1], isComplete: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes on what does not pass, as it is", () => {
    const gone = new SandboxGoneError("gone", { sandboxId: "s", state: undefined });
    for (const error of [new SandboxError("invalid-request", "no"), gone, new Error("mine")]) {
      const { seen } = watch(failing([error], () => of(1)).source);
      expect(seen.error).toBe(error);
      expect(seen.retries).toEqual([]);
    }
  });

  it("gives up with the last error after the time of nothing else", () => {
    const { source } = failing(
      Array.from({ length: 100 }, () => lost),
      () => of(1),
    );
    const { seen } = watch(source, 20_000);
    vi.advanceTimersByTime(19_000);
    expect(seen.error).toBeUndefined();
    vi.advanceTimersByTime(7000);
    expect(seen.error).toBe(lost);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends the wait on unsubscribe", () => {
    const { source, times } = failing([lost], () => of(1));
    watch(source).subscription.unsubscribe();
    vi.advanceTimersByTime(60_000);
    expect([times(), vi.getTimerCount()]).toEqual([1, 0]);
  });
});
