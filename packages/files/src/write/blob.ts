/** What another implementation of Blob, such as jsdom's, has in common with the platform's. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<unknown>;
}

/**
 * Gives a Blob of this realm with the content of a platform's Blob of any realm, for example of an iframe; undefined
 * for everything else.
 */
export function toBlob(value: unknown): Blob | undefined {
  if (value instanceof Blob) return value;
  if (typeof value !== "object" || value === null) return undefined;
  try {
    // Accepts any realm's Blob and nothing else; the bytes stay where they are.
    return Blob.prototype.slice.call(value);
  } catch {
    return undefined;
  }
}

/** Says whether a value is a Blob by what it can do. */
export function isBlobLike(value: unknown): value is BlobLike {
  const { size, arrayBuffer, slice } = Object(value) as {
    readonly size?: unknown;
    readonly arrayBuffer?: unknown;
    readonly slice?: unknown;
  };
  return typeof size === "number" && typeof arrayBuffer === "function" && typeof slice === "function";
}
