import { Observable, defer, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { collect } from "../testing/api-over.js";
import { retryWithPause, type FailedTry } from "./retry-with-pause.js";

const month = 31 * 86_400_000;

function failing(times: number): { readonly work: Observable<string>; readonly tries: () => number } {
  let tries = 0;
  const work = defer(() => ((tries += 1) > times ? of("done") : throwError(() => new Error(`try ${tries}`))));
  return { work, tries: () => tries };
}

describe("retryWithPause", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tries again after each pause, and tells how often and how long it has tried", () => {
    const failed: FailedTry[] = [];
    const { work, tries } = failing(2);
    const seen = collect(work.pipe(retryWithPause((_, failure) => failed.push(failure) * 100)));
    vi.advanceTimersByTime(99);
    expect(tries()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(tries()).toBe(2);
    vi.advanceTimersByTime(200);
    expect(seen).toMatchObject({ values: ["done"], done: true });
    expect(failed).toEqual([
      { attempt: 1, elapsedMs: 0 },
      { attempt: 2, elapsedMs: 100 },
    ]);
  });

  it("passes on the error for which there is no pause", () => {
    const { work, tries } = failing(5);
    const seen = collect(work.pipe(retryWithPause((_, { attempt }) => (attempt < 3 ? 10 : undefined))));
    vi.advanceTimersByTime(1000);
    expect(seen.error).toMatchObject({ message: "try 3" });
    expect(tries()).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer than a timer of the platform can, and stops at the unsubscribe", () => {
    const { work, tries } = failing(5);
    const seen = collect(work.pipe(retryWithPause(() => month)));
    vi.advanceTimersByTime(month - 1);
    expect(tries()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(tries()).toBe(2);
    seen.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("counts for each subscription", () => {
    const attempts: number[] = [];
    const work = failing(Infinity).work.pipe(
      retryWithPause((_, { attempt }) => {
        attempts.push(attempt);
        return attempt < 2 ? 10 : undefined;
      }),
    );
    for (let count = 0; count < 2; count += 1) {
      collect(work);
      vi.advanceTimersByTime(100);
    }
    expect(attempts).toEqual([1, 2, 1, 2]);
  });
});
