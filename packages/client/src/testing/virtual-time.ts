interface Timer {
  readonly dueMs: number;
  readonly id: number;
  readonly callback: () => void;
}

/**
 * Replaces the clocks and timers of this process. Unlike other fake timers it finds the next of many in logarithmic
 * time, so that it can hold a million.
 */
export class VirtualTime {
  private readonly heap: Timer[] = [];
  private readonly pending = new Set<number>();
  private readonly real = { setTimeout, clearTimeout, dateNow: Date.now, performanceNow: performance.now };
  private ms = 1_800_000_000_000;
  private ids = 0;

  install(): void {
    const now = () => this.ms;
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, delayMs = 0) => this.add(callback, delayMs),
      clearTimeout: (id: unknown) => void this.pending.delete(id as number),
    });
    Object.assign(Date, { now });
    Object.assign(performance, { now });
  }

  uninstall(): void {
    const { dateNow, performanceNow, ...timers } = this.real;
    Object.assign(globalThis, timers);
    Object.assign(Date, { now: dateNow });
    Object.assign(performance, { now: performanceNow });
  }

  /** Runs what is due in so much time. */
  pass(ms: number): void {
    const untilMs = this.ms + ms;
    for (let next = this.heap[0]; next !== undefined && next.dueMs <= untilMs; next = this.heap[0]) {
      this.pop();
      this.ms = Math.max(this.ms, next.dueMs);
      if (this.pending.delete(next.id)) next.callback();
    }
    this.ms = untilMs;
  }

  private add(callback: () => void, delayMs: number): number {
    const timer = { dueMs: this.ms + Math.max(delayMs, 0), id: (this.ids += 1), callback };
    this.pending.add(timer.id);
    let index = this.heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, this.heap[parent] as Timer)) break;
      this.heap[index] = this.heap[parent] as Timer;
      index = parent;
    }
    this.heap[index] = timer;
    return timer.id;
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && isBefore(this.heap[child + 1] as Timer, this.heap[child] as Timer))
        child += 1;
      if (!isBefore(this.heap[child] as Timer, last)) break;
      this.heap[index] = this.heap[child] as Timer;
      index = child;
    }
    this.heap[index] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id);
}
