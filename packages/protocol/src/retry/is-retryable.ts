/** What is known of one attempt that failed. */
export interface RetryQuestion {
  /** Status of the answer; absent when none came. */
  readonly status?: number | undefined;
  readonly method: string;
  /** False only when it is certain that no byte of the request left. An answer proves that it was sent. */
  readonly sent: boolean;
  /** Overrules what the method says, for example for a `POST` that is a query. */
  readonly idempotent?: boolean | undefined;
}

/**
 * Answers that a later attempt may better: the server did not take the request now (408, 425, 429, 503), or something
 * in front of it got no answer (502, 504). A 500 is a definite answer of these servers (`lifecycle.md` 1.1, `execd.md`
 * 1) and is not repeated.
 */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Doing it twice is doing it once (RFC 9110, 9.2.2). A repeated `DELETE` may answer 404 for what the first one did. */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * Tells whether a failed attempt may be sent again: the retry table.
 *
 * | Attempt | idempotent | `POST`, `PATCH` |
 * |---|---|---|
 * | no byte left | yes | yes |
 * | sent, no answer | yes | no |
 * | 408, 425, 429, 502, 503, 504 | yes | no: a gateway may have passed it on |
 * | any other status | no | no |
 */
export function isRetryable({ status, method, sent, idempotent }: RetryQuestion): boolean {
  if (status === undefined && !sent) return true;
  if (!(idempotent ?? idempotentMethods.has(method.toUpperCase()))) return false;
  return status === undefined || passingStatuses.has(status);
}
