import type { Dispatcher } from "undici";

/** The right to send one request; ended by exactly one of `release` and `drop`, further calls do nothing. */
export interface Lease {
  readonly dispatcher: Dispatcher;
  /** From now on the running response does not keep the process alive, where that can be had. */
  detach(): void;
  /** Sends the end of our side and reads on; false where that cannot be had. Only `drop` may follow. */
  hangUp(): boolean;
  /** The response ended cleanly: the connection may serve the next request. */
  release(): void;
  /** Anything else: the connection is closed, with a reset where asked for and possible. */
  drop(isReset?: boolean): void;
  /** Nothing came back in time: the idle connections to the same origin may be dead too, and are closed. */
  distrustIdle(): void;
}

/** Where requests get their connection from. */
export interface LeaseSource {
  /** Hands over a lease, perhaps at once; throws for an invalid address. Returns a function that cancels the wait. */
  acquire(origin: string, isCounted: boolean, onLease: (lease: Lease) => void): () => void;
  close(): void;
}
