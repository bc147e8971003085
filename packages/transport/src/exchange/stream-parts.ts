import type { Subscriber } from "rxjs";
import type { StreamPart } from "../ports/transport.js";
import type { ExchangeSink } from "./exchange-sink.js";

/** Emits a response part by part; its chunks go to who asks for them with the head. */
export function streamParts(subscriber: Subscriber<StreamPart>): ExchangeSink {
  let chunkSink = (bytes: Uint8Array): void => subscriber.next({ kind: "chunk", bytes });
  const deliver = (sink: (bytes: Uint8Array) => void): void => {
    chunkSink = sink;
  };
  return {
    head: (status, headers, flow) => subscriber.next({ kind: "head", status, headers, flow, deliver }),
    chunk: (bytes) => {
      if (!subscriber.closed) chunkSink(bytes);
    },
    end: () => subscriber.complete(),
    fail: (failure) => subscriber.error(failure),
  };
}
