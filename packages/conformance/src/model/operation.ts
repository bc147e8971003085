/** Takes a value out of an answer, so that later operations of the same case can name it. */
export interface Capture {
  /** The name later operations use, such as `$session1`. */
  readonly symbol: string;
  /** Where the value is: `json:/id` (a JSON pointer), `header:location`, or `init` (the text of the first frame). */
  readonly from: string;
}

/**
 * One literal operation of a reproducer: what was sent, when, and how long its answer was read.
 *
 * Values that differ from run to run are symbols: `$lifecycle`, `$execd1`, `$egress1` are base addresses, `$key` and
 * `$token1` secrets, `$sandbox1`, `$session1` and others captures of earlier operations.
 */
export interface Operation {
  /** Base address as a symbol. */
  readonly target: string;
  readonly method: string;
  /** Path and query below the base address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, or base64 where it is not UTF-8. */
  readonly body?: { readonly text: string } | { readonly base64: string };
  /** Index of the operation after whose end this one started; absent for the first and for those that ran beside it. */
  readonly after?: number;
  /** Milliseconds between that end (or the start of the case) and this start. */
  readonly delayMs: number;
  /** Milliseconds after which the suite hung up, where it did. */
  readonly hangUpAfterMs?: number;
  /** What the connection was used for before: operations with one name share a kept-alive connection. */
  readonly connection?: string;
  readonly captures: readonly Capture[];
}
