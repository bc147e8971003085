/** One JSON object of a stream, as it was on the wire. */
export type Frame = Readonly<Record<string, unknown>>;

/** The error body that a server appends to a stream that has begun: no `type` (`execd.md` 2.2). */
export interface Envelope {
  readonly code?: string;
  readonly message?: string;
}

/** What a parser makes of one frame; `malformed` is a whole frame that is neither an event nor an envelope. */
export type DecodedItem = { readonly event: Frame } | { readonly envelope: Envelope } | { readonly malformed: true };

/** How the bytes stopped: at the end of the body, or because the connection broke. */
export type BodyEnd = "eof" | "cut";

/**
 * What a body decodes to. `ended` is about the body, not about the execution: `complete` at the border of a frame,
 * `truncated` inside one or by a broken connection, `error` where a parser cannot go on.
 */
export interface Decoded {
  readonly items: readonly DecodedItem[];
  readonly ended: "complete" | "truncated" | "error";
}
