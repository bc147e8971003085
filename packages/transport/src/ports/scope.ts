import type { Observable, Subscription } from "rxjs";

/** What a clean-up undoes, for the report when it fails. */
export interface CleanupSubject {
  readonly kind: "sandbox" | "create" | "command" | "session" | "context" | "terminal" | "snapshot" | "file";
  /** Id of the thing, the path of a file, the create-id of a create whose answer never came, or `of sandbox <id>` of such a snapshot. */
  readonly id: string;
}

/** The life of one client: what `client.close()` refuses, ends, waits for and frees. */
export interface Scope {
  readonly isClosed: boolean;
  /** The same work, but errors with `closed` when the client is closed at subscribe or closes meanwhile. */
  guard<T>(work: Observable<T>): Observable<T>;
  /**
   * Subscribes to a clean-up at once, apart from any subscriber; `close()` waits for it. A failure is reported as `cleanup-failed`.
   * The returned Promise settles when the clean-up has ended and tells whether it succeeded; it never rejects.
   */
  cleanup(subject: CleanupSubject, work: Observable<unknown>): Promise<boolean>;
  /**
   * Takes over the rest of a response body that nobody waits for, so that its connection can be reused: at most 4 at a time, 2 s and
   * 256 KiB each, not holding the process alive; beyond that the body is aborted.
   */
  drain(body: DrainableBody): void;
  /** Refuses new work, ends what runs, waits at most 15 s for clean-ups, reports the unfinished, aborts drains. Idempotent. */
  close(): Promise<void>;
}

/** A running body whose consumer has what it needs. */
export interface DrainableBody {
  /** Unsubscribing aborts the connection. */
  readonly subscription: Subscription;
  /** Called once when the drain takes over. */
  detach(): void;
  /** Bytes that arrived since the take-over; read by the byte bound. */
  bytes(): number;
}
