import type { Observable, Subscription } from "rxjs";

/** What a clean-up undoes, for the report when it fails. */
export interface CleanupSubject {
  readonly kind: "sandbox" | "create" | "command" | "session" | "context" | "terminal" | "snapshot" | "file";
  /**
   * Id of the thing, the path of a file, the create-id of a create whose answer never came, or `of sandbox <id>` of
   * such a snapshot.
   */
  readonly id: string;
}

/** The life of one client: what `client.close()` refuses, ends, waits for and frees. */
export interface Scope {
  readonly isClosed: boolean;
  /** The same work, but errors with `closed` when the client is closed at subscribe or closes meanwhile. */
  guard<T>(work: Observable<T>): Observable<T>;
  /**
   * Subscribes to a clean-up at once, apart from any subscriber; `close()` waits for it. A failure is reported as
   * `cleanup-failed`. The returned Promise settles when the clean-up has ended and tells whether it succeeded; it never
   * rejects.
   */
  cleanup(subject: CleanupSubject, work: Observable<unknown>): Promise<boolean>;
  /**
   * Takes over a response body that nobody waits for and reads it to its end: a real daemon kills other commands when
   * it writes to a connection that was closed (`divergences.md` X66), and a connection whose body was read can be used
   * again.
   *
   * Bounds: 6 s and 64 MiB per body, and 2 s for `beforeAbort`; 4 quiet bodies and 128 others at a time, fewer where
   * the platform has few connections. Beyond that a body is aborted. Quiet bodies do not keep the process alive.
   */
  drain(body: DrainableBody): void;
  /**
   * Refuses new work, ends what runs, waits at most 15 s for clean-ups and reports the unfinished; then aborts quiet
   * bodies and waits at most 8 s for the others. Idempotent.
   */
  close(): Promise<void>;
}

/** A running body whose consumer has what it needs. */
export interface DrainableBody {
  /** Unsubscribing aborts the connection. */
  readonly subscription: Subscription;
  /** Whether the server writes nothing more until it ends the body: aborting it harms nobody. */
  readonly isQuiet: boolean;
  /**
   * Subscribed to before a body that still flows at its bound is aborted, for at most 2 s: keeps the server from doing
   * harm.
   */
  readonly beforeAbort?: Observable<unknown> | undefined;
  /** Called once when the drain takes over a quiet body, also one that it aborts. */
  detach(): void;
  /** Bytes that arrived since the take-over; read by the byte bound. */
  bytes(): number;
}
