import { startLongTimer } from "./long-timer.js";

/** Into so many parts the idle time is divided; a watch is late by less than one of them, and never early. */
const PARTS = 8;

/**
 * Notices that nothing has moved for a while; runs from its creation on.
 *
 * To touch it is one assignment: it is done for every chunk, and reading the clock would be a good part of what a small one costs.
 */
export class IdleWatch {
  private readonly idleMs: number;
  private readonly onIdle: () => void;
  private hasMoved = false;
  private quietParts = 0;
  private cancel: () => void = () => undefined;

  constructor(idleMs: number, onIdle: () => void) {
    this.idleMs = idleMs;
    this.onIdle = onIdle;
    this.resume();
  }

  touch(): void {
    this.hasMoved = true;
  }

  /** The time of a pause does not count: it is the reader who waits. */
  pause(): void {
    this.cancel();
  }

  resume(): void {
    this.cancel();
    this.hasMoved = false;
    this.quietParts = 0;
    this.arm();
  }

  private arm(): void {
    this.cancel = startLongTimer(this.idleMs / PARTS, () => {
      this.quietParts = this.hasMoved ? 0 : this.quietParts + 1;
      this.hasMoved = false;
      if (this.quietParts === PARTS) this.onIdle();
      else this.arm();
    });
  }
}
