import { defer, filter, map, reduce, type Observable } from "rxjs";
import { SandboxError, type Api, type StreamChunk, type StreamPart } from "@rxsandbox/transport";
import type { ReadOptions } from "./read-options.js";

const IDLE_TIMEOUT_MS = 30_000;

/** Reads a file, or a part of it, into memory; more than `maxBytes` errors `limit-exceeded` and stops the transfer. */
export function download(api: Api, path: string, { range, offset, limit, maxBytes }: ReadOptions & { readonly maxBytes: number }): Observable<Uint8Array> {
  return defer(() => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    return api
      .open({
        what: "Read file",
        method: "GET",
        path: "/files/download",
        query: { path, offset, limit },
        ...(range !== undefined && { headers: { range } }),
        idleTimeoutMs: IDLE_TIMEOUT_MS,
      })
      .pipe(
        filter((part: StreamPart): part is StreamChunk => part.kind === "chunk"),
        map(({ bytes }) => {
          size += bytes.byteLength;
          if (size > maxBytes) throw new SandboxError("limit-exceeded", `Read file: more than ${maxBytes} bytes [limit-exceeded]`);
          // A chunk is valid during this call only.
          pieces.push(bytes.slice());
        }),
        reduce(() => undefined, undefined),
        map(() => concatenate(pieces, size)),
      );
  });
}

function concatenate(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
