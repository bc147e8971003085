import type { StreamPart, TransportResponse } from "@rxsandbox/transport";
import { Observable } from "rxjs";
import { scriptBytes, type ByteStep } from "../byte-script/byte-script.js";

/** Collects head and chunks into one response. */
export function wholeResponse(parts: Observable<StreamPart>): Observable<TransportResponse> {
  return new Observable((subscriber) => {
    const chunks: ByteStep[] = [];
    let status = 0;
    let headers: TransportResponse["headers"] = {};
    return parts.subscribe({
      next: (part) => {
        if (part.kind === "head") ({ status, headers } = part);
        else chunks.push({ kind: "bytes", bytes: Uint8Array.from(part.bytes) });
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        subscriber.next({ status, headers, body: scriptBytes(chunks) });
        subscriber.complete();
      },
    });
  });
}
