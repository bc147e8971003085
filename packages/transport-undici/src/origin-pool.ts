import { Connection, type Connect } from "./connection.js";
import type { Lease } from "./lease.js";

/**
 * The connections to one origin: each carries one request at a time, the one that was used last is used next.
 *
 * Bounds: requests of short calls beyond `maxConcurrentRequests` wait in order; streams are not counted, so that a call that ends
 * a stream never waits for a stream.
 */
export class OriginPool {
  private readonly origin: string;
  private readonly connect: Connect;
  private readonly maxConcurrentRequests: number;
  private readonly onEmpty: () => void;
  private readonly connections = new Set<Connection>();
  private idle: Connection[] = [];
  private readonly waiting = new Set<(lease: Lease) => void>();
  private counted = 0;

  constructor(origin: string, connect: Connect, maxConcurrentRequests: number, onEmpty: () => void) {
    this.origin = origin;
    this.connect = connect;
    this.maxConcurrentRequests = maxConcurrentRequests;
    this.onEmpty = onEmpty;
  }

  /** Hands over a connection, at once where there is room; returns what gives up waiting for it. */
  acquire(isCounted: boolean, onLease: (lease: Lease) => void): () => void {
    if (isCounted && this.counted >= this.maxConcurrentRequests) {
      this.waiting.add(onLease);
      return () => void this.waiting.delete(onLease);
    }
    onLease(this.lease(isCounted));
    return () => undefined;
  }

  private lease(isCounted: boolean): Lease {
    const connection = this.idle.pop() ?? this.open();
    connection.attach();
    if (isCounted) this.counted += 1;
    let isOver = false;
    const give = (isReusable: boolean, isReset = false): void => {
      if (isOver) return;
      isOver = true;
      if (isCounted) this.counted -= 1;
      if (isReusable && this.connections.has(connection)) this.idle.push(connection);
      else this.forget(connection, isReset);
      this.serve();
    };
    return {
      dispatcher: connection.dispatcher,
      detach: () => void (isOver || connection.detach()),
      hangUp: () => !isOver && connection.hangUp(),
      release: () => give(true),
      drop: (isReset) => give(false, isReset),
    };
  }

  private open(): Connection {
    const connection = new Connection(this.origin, this.connect, (closed) => {
      // A connection that carries a request is dropped when that request hears of it.
      if (this.idle.includes(closed)) this.forget(closed);
    });
    this.connections.add(connection);
    return connection;
  }

  private serve(): void {
    for (const onLease of this.waiting) {
      if (this.counted >= this.maxConcurrentRequests) return;
      this.waiting.delete(onLease);
      onLease(this.lease(true));
    }
  }

  private forget(connection: Connection, isReset = false): void {
    this.idle = this.idle.filter((other) => other !== connection);
    this.connections.delete(connection);
    connection.drop(isReset);
    if (this.connections.size === 0 && this.waiting.size === 0) this.onEmpty();
  }

  close(): void {
    this.waiting.clear();
    for (const connection of [...this.connections]) this.forget(connection);
  }
}
