import { startLongTimer } from "./long-timer.js";

/** Notices that nothing has moved for a while; runs from its creation on. Cheap to touch: one timer, armed again when it fires early. */
export class IdleWatch {
  private readonly idleMs: number;
  private readonly onIdle: () => void;
  private touchedMs = 0;
  private cancel: () => void = () => undefined;

  constructor(idleMs: number, onIdle: () => void) {
    this.idleMs = idleMs;
    this.onIdle = onIdle;
    this.resume();
  }

  touch(): void {
    this.touchedMs = performance.now();
  }

  /** The time of a pause does not count: it is the reader who waits. */
  pause(): void {
    this.cancel();
  }

  resume(): void {
    this.cancel();
    this.touch();
    this.arm(this.idleMs);
  }

  private arm(delayMs: number): void {
    this.cancel = startLongTimer(delayMs, () => {
      const leftMs = this.touchedMs + this.idleMs - performance.now();
      if (leftMs <= 0) this.onIdle();
      else this.arm(leftMs);
    });
  }
}
