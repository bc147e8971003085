import { EMPTY, concatMap, defer, expand, map, type Observable } from "rxjs";
import type { Scope } from "../ports/scope.js";
import { after } from "../timer/after.js";

/** Milliseconds of a poll. */
export interface PollTimes {
  /** Since the first question. */
  readonly elapsedMs: number;
  /** Between the last question and its answer. */
  readonly tookMs: number;
}

export interface PollOptions<T> {
  /** Milliseconds between an answer and the next question; any length. See {@link adaptiveDelay}. */
  readonly delayMs: (times: PollTimes) => number;
  /** Whether an answer is the last one; never when absent. */
  readonly isLast?: (answer: T) => boolean;
  /** Milliseconds before the first question; 0 when absent. */
  readonly firstDelayMs?: number;
}

/**
 * Asks again and again and emits every answer.
 *
 * Producer: each subscription asks at once or after `firstDelayMs`, and then again after each answer and a pause. `ask`
 * is called for each question, with 0 for the first one; an answer is the only value of its Observable. Completes after
 * the last answer. Errors: those of a question; `closed` when the client closes, also during a pause. Unsubscribe
 * aborts the question or the pause.
 */
export function poll<T>(
  { scope }: { readonly scope: Pick<Scope, "guard"> },
  ask: (count: number) => Observable<T>,
  { delayMs, isLast = () => false, firstDelayMs = 0 }: PollOptions<T>,
): Observable<T> {
  const polled = defer(() => {
    const startedAt = performance.now() + firstDelayMs;
    const question = (count: number): Observable<Answer<T>> =>
      defer(() => {
        const askedAt = performance.now();
        return ask(count).pipe(map((value) => ({ value, count, tookMs: performance.now() - askedAt })));
      });
    const first = firstDelayMs > 0 ? after(firstDelayMs).pipe(concatMap(() => question(0))) : question(0);
    return first.pipe(
      expand(({ value, count, tookMs }) => {
        if (isLast(value)) return EMPTY;
        const pauseMs = delayMs({ elapsedMs: performance.now() - startedAt, tookMs });
        return after(pauseMs).pipe(concatMap(() => question(count + 1)));
      }),
      map(({ value }) => value),
    );
  });
  return scope.guard(polled);
}

interface Answer<T> {
  readonly value: T;
  readonly count: number;
  readonly tookMs: number;
}

/** Bounds of {@link adaptiveDelay}, in milliseconds. */
export interface DelayBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Calculates a pause that grows with the time waited so far: a fifth of it within the bounds, spread by 20 % either way
 * so that many waiters drift apart. `random` is from 0 to 1.
 */
export function adaptiveDelay(
  { minMs, maxMs }: DelayBounds,
  elapsedMs: number,
  random: number = Math.random(),
): number {
  const base = Math.min(maxMs, Math.max(minMs, elapsedMs * SHARE));
  return base * (1 - JITTER + 2 * JITTER * random);
}

const SHARE = 0.2;
const JITTER = 0.2;
