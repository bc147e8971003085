import { startLongTimer } from "./long-timer.js";

/** Looks per idle time: more of them make the end more exact and cost more timers. */
const LOOKS = 10;
/** Time between the last look and the verdict, in which bytes that wait behind a late timer arrive. */
const LAST_LOOK_MS = 50;

/**
 * Notices that nothing has moved for a while; runs from its creation on.
 *
 * It looks ten times per `idleMs` and counts the looks that saw nothing, so that `touch` needs no clock. It calls back
 * once, when `idleMs` have passed without a touch, at the latest after a tenth of it and 50 ms more. Time in which no
 * timer could fire (a laptop that slept, a blocked event loop) counts as one look. After the callback it rests until
 * `resume`.
 */
export class IdleWatch {
  readonly #lookMs: number;
  readonly #lastLookMs: number;
  readonly #onIdle: () => void;
  #hasMoved = false;
  #quietLooks = 0;
  #cancel: () => void = () => undefined;

  constructor(idleMs: number, onIdle: () => void) {
    this.#lookMs = idleMs / LOOKS;
    this.#lastLookMs = Math.min(LAST_LOOK_MS, this.#lookMs);
    this.#onIdle = onIdle;
    this.resume();
  }

  touch(): void {
    this.#hasMoved = true;
  }

  /** The time of a pause does not count: it is the reader who waits. */
  pause(): void {
    this.#cancel();
  }

  /** Begins again. */
  resume(): void {
    this.#cancel();
    this.#begin();
  }

  #begin(): void {
    this.#hasMoved = false;
    this.#quietLooks = 0;
    this.#arm();
  }

  #arm(): void {
    this.#cancel = startLongTimer(this.#lookMs, () => {
      if (this.#hasMoved) return this.#begin();
      this.#quietLooks += 1;
      if (this.#quietLooks < LOOKS) return this.#arm();
      this.#cancel = startLongTimer(this.#lastLookMs, () => {
        if (this.#hasMoved) this.#begin();
        else this.#onIdle();
      });
    });
  }
}
