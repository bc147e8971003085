import type { Clock } from "@rxsandbox/reference-server";

/** A clock that a replay sets to the recorded time of each step; timers fire when it passes them. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Map<() => void, number>();

  now(): number {
    return this.#nowMs;
  }

  callAt(atMs: number, action: () => void): () => void {
    const entry = (): void => action();
    this.#timers.set(entry, atMs);
    return () => this.#timers.delete(entry);
  }

  /** Sets the time; going back fires nothing. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const [entry, atMs] of this.#timers) {
      if (atMs > nowMs || !this.#timers.delete(entry)) continue;
      entry();
    }
  }
}
