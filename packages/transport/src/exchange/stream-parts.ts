import type { Subscriber } from "rxjs";
import type { StreamPart } from "../ports/transport.js";
import type { ExchangeSink } from "./exchange-sink.js";

/** Emits a response part by part. */
export function streamParts(subscriber: Subscriber<StreamPart>): ExchangeSink {
  return {
    head: (status, headers, flow) => subscriber.next({ kind: "head", status, headers, flow }),
    chunk: (bytes) => subscriber.next({ kind: "chunk", bytes }),
    end: () => subscriber.complete(),
    fail: (failure) => subscriber.error(failure),
  };
}
