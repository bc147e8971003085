import type { Clock } from "../shared/clock.js";

/** A clock that stands still until a spec moves it. */
export class ManualClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 23, 8);
  readonly #timers = new Map<() => void, number>();

  now(): number {
    return this.#nowMs;
  }

  callAt(atMs: number, action: () => void): () => void {
    const entry = (): void => action();
    this.#timers.set(entry, atMs);
    return () => this.#timers.delete(entry);
  }

  /** Lets time pass; timers that come due fire. */
  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
    for (const [entry, atMs] of this.#timers) {
      if (atMs > this.#nowMs || !this.#timers.delete(entry)) continue;
      entry();
    }
  }
}
