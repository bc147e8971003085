/** Makes a request id that no other call has; servers take any text (`lifecycle.md` 1). */
export function createRequestId(): string {
  // A page without TLS has `getRandomValues` only.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
