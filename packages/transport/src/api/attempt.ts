import type { Subscription } from "rxjs";
import type { ApiRequest } from "../ports/api.js";
import type { TransportRequest } from "../ports/transport.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import type { ErrorContext } from "../errors/to-sandbox-error.js";
import type { Redactor } from "../redaction/redactor.js";

/** One sending of a call. */
export interface Attempt {
  readonly call: ApiRequest;
  readonly request: TransportRequest;
  /** Told when the head is there: the server's request id wins over ours. Gives the id that counts. */
  onHead(status: number, headers: Readonly<Record<string, string>>): string;
  /** For messages, with the request id that counts by now. */
  context(): ErrorContext;
  /** Knows the secrets of this call too. */
  redactor(): Redactor;
}

/** How an attempt failed, as far as a repetition depends on it. */
export interface AttemptFailure {
  readonly error: SandboxError;
  /** False only when certain. */
  readonly sent: boolean;
  readonly status?: number;
  /** The request cannot be undone: never retried. */
  readonly isFinal?: boolean;
}

/** Where an attempt puts what it gets. */
export interface AttemptSink<T> {
  next(value: T): void;
  complete(): void;
  fail(failure: AttemptFailure): void;
}

/** Sends one attempt; unsubscribing aborts it. */
export type SendAttempt<T> = (attempt: Attempt, sink: AttemptSink<T>) => Subscription;
