/** Gives 32 random hexadecimal digits: an id that nothing else has. */
export function randomHex(): string {
  // Not `randomUUID`: browsers have it on secure pages only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
