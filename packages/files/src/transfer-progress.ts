/** How far a transfer is. */
export interface TransferProgress {
  /** Bytes of content that have passed. */
  readonly loadedBytes: number;
  /** Bytes of content in all; `null` where nobody knows. */
  readonly totalBytes: number | null;
}
