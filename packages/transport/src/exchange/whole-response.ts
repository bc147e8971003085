import type { Subscriber } from "rxjs";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ResponseHeaders, TransportResponse } from "../ports/transport.js";
import type { ExchangeSink } from "./exchange-sink.js";

/**
 * Collects a response and emits it as a whole; a body larger than `maxBytes` aborts the exchange and fails with
 * `too-large`.
 */
export function wholeResponse(
  subscriber: Subscriber<TransportResponse>,
  maxBytes: number | undefined,
  abort: () => void,
): ExchangeSink {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let status = 0;
  let headers: ResponseHeaders = {};
  return {
    head: (givenStatus, givenHeaders) => {
      status = givenStatus;
      headers = givenHeaders;
    },
    chunk: (bytes) => {
      size += bytes.byteLength;
      if (maxBytes === undefined || size <= maxBytes) {
        chunks.push(bytes);
        return;
      }
      abort();
      subscriber.error(
        createTransportFailure("too-large", `the answer has more than ${maxBytes} bytes`, { sent: true }),
      );
    },
    end: () => {
      subscriber.next({ status, headers, body: join(chunks, size) });
      subscriber.complete();
    },
    fail: (failure) => subscriber.error(failure),
  };
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
