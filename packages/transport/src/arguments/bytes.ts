/** Bytes in memory: an `ArrayBuffer` or a view on one, of this realm or another (an iframe, jsdom, `vm`). */
export type Bytes = ArrayBuffer | ArrayBufferView;

const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

/**
 * Gives a view of this realm on the bytes of a value, without copying them; undefined for everything that is not
 * {@link Bytes}.
 */
export function toBytes(value: unknown): Uint8Array | undefined {
  // `instanceof` knows the classes of one realm only.
  if (ArrayBuffer.isView(value))
    return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/**
 * Says whether a value that can be a `Uint8Array` is one, of whatever realm: even a platform's own `TextEncoder` may
 * belong to another one.
 */
export function isByteArray(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

/** Only a buffer has the internal slot that the getter reads. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== "object" || value === null) return false;
  try {
    byteLengthOf?.call(value);
    return byteLengthOf !== undefined;
  } catch {
    return false;
  }
}
