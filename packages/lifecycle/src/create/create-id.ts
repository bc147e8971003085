/** Mints the label by which a create is found again when its answer is lost. */
export function mintCreateId(): string {
  // Not `randomUUID`: browsers have it on secure pages only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
