/** A source that is being read. */
export interface PieceReader {
  /** Gives text or bytes; whether they are is for the reader to check. */
  next(): Promise<IteratorResult<unknown, unknown>>;
  /** Gives it up at once, also while a piece is awaited. */
  cancel(): void;
}
