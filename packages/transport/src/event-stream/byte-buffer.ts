const keptCapacity = 64 * 1024;
/** Shared: even an empty array costs a stream more than all the rest of this buffer. */
const none = new Uint8Array(0);

/** A growing run of bytes: appending is linear in total, in whatever pieces they come. */
export interface ByteBuffer {
  readonly length: number;
  append(bytes: Uint8Array): void;
  /** The bytes so far, valid until the next `append`. */
  view(): Uint8Array;
  /** Forgets the bytes; keeps a small allocation for the next ones. */
  clear(): void;
}

/**
 * Collects the beginning of a line until its end arrives.
 *
 * One doubling buffer, not a list of parts: a large event that comes in tiny chunks would cost an object per chunk, a
 * hundred times its size.
 */
export function createByteBuffer(): ByteBuffer {
  let store = none;
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(bytes) {
      const needed = length + bytes.length;
      if (needed > store.length) {
        const grown = new Uint8Array(Math.max(needed, store.length * 2, 1024));
        grown.set(store.subarray(0, length));
        store = grown;
      }
      store.set(bytes, length);
      length = needed;
    },
    view: () => (length === 0 ? none : store.subarray(0, length)),
    clear() {
      length = 0;
      if (store.length > keptCapacity) store = none;
    },
  };
}
