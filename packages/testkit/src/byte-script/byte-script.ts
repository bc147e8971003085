import type { TransportFailureKind } from "@rxsandbox/transport";

/** One thing that happens to a body on its way. */
export type ByteStep =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Nothing for a while. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Nothing ever again: the connection stays open until the reader gives up. */
  | { readonly kind: "stall" }
  /** The connection breaks: an RST, or whatever else the kind says. `sent` is false only for `connect` unless given. */
  | { readonly kind: "fail"; readonly failure: TransportFailureKind; readonly sent?: boolean };

/** A response body as a sequence of steps; the end of the sequence is a clean end of body. */
export type ByteScript = readonly ByteStep[];

const encoder = new TextEncoder();

/** Makes a script of text and bytes: one chunk each, then a clean end of body. */
export function byteScript(...chunks: readonly (string | Uint8Array)[]): ByteScript {
  return chunks.map((chunk) => ({ kind: "bytes", bytes: typeof chunk === "string" ? encoder.encode(chunk) : chunk }));
}

/** The bytes that a reader of the whole script receives, joined. */
export function scriptBytes(script: ByteScript): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const step of script) {
    if (step.kind === "stall" || step.kind === "fail") break;
    if (step.kind === "bytes") chunks.push(step.bytes);
  }
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
