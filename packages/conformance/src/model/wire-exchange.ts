/** The head of an answer as it was on the socket; names in lower case, in order, repeats kept. */
export interface WireHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds since the exchange began. */
  readonly atMs: number;
}

/** A piece of a body, without its chunk framing. */
export interface WireChunk {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  /** Whether the same HTTP chunk continues in the next piece. */
  readonly isPart: boolean;
}

/**
 * How an answer ended: `complete` by its own framing (the last chunk, the announced length, or FIN where neither was
 * announced), `short` by FIN before that, `reset` by RST, `silence` when nothing came for the idle limit, `client` when
 * the suite hung up on purpose, `refused` when there was no connection, `malformed` when it was not HTTP, `too-large`
 * beyond the size limit.
 */
export type WireEnd = "complete" | "short" | "reset" | "silence" | "client" | "refused" | "malformed" | "too-large";

/** One request and what came back, exactly as it was on the socket. Times are milliseconds since `startedAt`. */
export interface WireExchange {
  readonly method: string;
  /** The whole address, without secrets in it. */
  readonly url: string;
  /** Milliseconds since the run began. */
  readonly startedAt: number;
  readonly head: WireHead | undefined;
  readonly chunks: readonly WireChunk[];
  readonly end: WireEnd;
  readonly endedAtMs: number;
}
