import { Connection, type ConnectionOptions } from "./connection.js";
import type { Lease } from "./lease.js";

export interface OriginPoolOptions extends ConnectionOptions {
  readonly maxConcurrentRequests: number;
  /** Milliseconds of a clock that goes on while the machine sleeps. */
  readonly now: () => number;
}

/**
 * The connections to one origin: each carries one request at a time, the one that was used last is used next.
 *
 * Bounds: requests of short calls beyond `maxConcurrentRequests` wait in order; streams are not counted, so that a call
 * that ends a stream never waits for a stream. A connection that was idle for `keepAliveMs` is not used again, even
 * when the timer that should have closed it is late, as after a machine's sleep.
 */
export class OriginPool {
  private readonly origin: string;
  private readonly options: OriginPoolOptions;
  private readonly onEmpty: () => void;
  private readonly connections = new Set<Connection>();
  /** In the order of their last use. */
  private idle: { readonly connection: Connection; readonly sinceMs: number }[] = [];
  private readonly waiting = new Set<(lease: Lease) => void>();
  private counted = 0;

  constructor(origin: string, options: OriginPoolOptions, onEmpty: () => void) {
    this.origin = origin;
    this.options = options;
    this.onEmpty = onEmpty;
  }

  /** Hands over a connection, at once if there is room. Returns a function that cancels the wait. */
  acquire(isCounted: boolean, onLease: (lease: Lease) => void): () => void {
    if (isCounted && this.counted >= this.options.maxConcurrentRequests) {
      this.waiting.add(onLease);
      return () => void this.waiting.delete(onLease);
    }
    onLease(this.lease(isCounted));
    return () => undefined;
  }

  private lease(isCounted: boolean): Lease {
    const connection = this.takeIdle() ?? this.open();
    connection.attach();
    if (isCounted) this.counted += 1;
    let isOver = false;
    const give = (isReusable: boolean, isReset = false): void => {
      if (isOver) return;
      isOver = true;
      if (isCounted) this.counted -= 1;
      if (isReusable && this.connections.has(connection)) this.idle.push({ connection, sinceMs: this.options.now() });
      else this.forget(connection, isReset);
      this.serve();
    };
    return {
      dispatcher: connection.dispatcher,
      detach: () => void (isOver || connection.detach()),
      hangUp: () => !isOver && connection.hangUp(),
      release: () => give(true),
      drop: (isReset) => give(false, isReset),
      distrustIdle: () => this.forgetIdle(),
    };
  }

  private takeIdle(): Connection | undefined {
    const latest = this.idle.pop();
    if (latest === undefined) return undefined;
    if (this.options.now() - latest.sinceMs < this.options.keepAliveMs) return latest.connection;
    this.idle.push(latest);
    // The others have been idle for longer still.
    this.forgetIdle();
    return undefined;
  }

  private forgetIdle(): void {
    for (const { connection } of [...this.idle]) this.forget(connection);
  }

  private open(): Connection {
    const connection = new Connection(this.origin, this.options, (closed) => {
      // A connection that carries a request is dropped when that request hears of it.
      if (this.idle.some(({ connection: idle }) => idle === closed)) this.forget(closed);
    });
    this.connections.add(connection);
    return connection;
  }

  private serve(): void {
    for (const onLease of this.waiting) {
      if (this.counted >= this.options.maxConcurrentRequests) return;
      this.waiting.delete(onLease);
      onLease(this.lease(true));
    }
  }

  private forget(connection: Connection, isReset = false): void {
    this.idle = this.idle.filter((other) => other.connection !== connection);
    this.connections.delete(connection);
    connection.drop(isReset);
    if (this.connections.size === 0 && this.waiting.size === 0) this.onEmpty();
  }

  close(): void {
    this.waiting.clear();
    for (const connection of [...this.connections]) this.forget(connection);
  }
}
