import type { StreamChunk } from "@rxsandbox/transport";

/** The bytes of a chunk for keeps, in a buffer of their own; copied only where somebody else may have them. */
export function ownBytes({ bytes, isOwned = false }: StreamChunk): Uint8Array {
  return isOwned ? new Uint8Array(bytes.buffer) : bytes.slice();
}
