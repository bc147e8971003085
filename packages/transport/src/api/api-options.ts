import type { Observable, Observer } from "rxjs";
import type { ClientEvent } from "../ports/client-event.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { Transport } from "../ports/transport.js";
import type { ServerClock } from "../clock/server-clock.js";
import type { Redactor } from "../redaction/redactor.js";
import type { ReadFate } from "./explain-loss.js";

/** How often and how fast to repeat what may be repeated. */
export interface RetryOptions {
  /** Times that a call is sent in all; 3 when absent. */
  readonly maxAttempts?: number;
  /** Milliseconds before the second attempt, doubled for each further one and jittered; 250 when absent. */
  readonly baseDelayMs?: number;
  /**
   * Milliseconds that one wait lasts at most; 10,000 when absent. A server that asks for more by `Retry-After` is not
   * asked again: the call errors at once.
   */
  readonly maxDelayMs?: number;
}

/** Every value set. */
export type RetryPolicy = Required<RetryOptions>;

/** What an API is built on. */
export interface ApiOptions {
  readonly transport: Transport;
  /** The base address for the next call; its first value counts. Its headers win over all others. */
  readonly target: () => Observable<Endpoint>;
  /**
   * Called once per call for an address that is dead: no connection, or a gateway that knows no such route. The next
   * attempt looks it up again.
   */
  readonly invalidate?: (() => void) | undefined;
  /**
   * Reads what became of the sandbox behind the address, for errors that its end may explain. Absent where there is
   * none.
   */
  readonly readFate?: ReadFate | undefined;
  /** Told the `Date` of every answer. */
  readonly clock?: ServerClock | undefined;
  /** Added to every request, for example the key of the control plane. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds per attempt; `Infinity` means none. */
  readonly requestTimeoutMs: number;
  /** False never repeats. */
  readonly retry?: RetryOptions | false | undefined;
  readonly redact: Redactor;
  readonly events?: Partial<Observer<ClientEvent>> | undefined;
}

/** Fills in the defaults; one attempt when retries are off. */
export function retryPolicy(retry: RetryOptions | false = {}): RetryPolicy {
  if (retry === false) return { maxAttempts: 1, baseDelayMs: 0, maxDelayMs: 0 };
  return {
    maxAttempts: retry.maxAttempts ?? 3,
    baseDelayMs: retry.baseDelayMs ?? 250,
    maxDelayMs: retry.maxDelayMs ?? 10_000,
  };
}
