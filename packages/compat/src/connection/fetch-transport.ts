import { createFetchTransport, type Transport } from "@rxsandbox/transport";
import { lineFrames } from "./line-frames.js";

/** Sends through functions that the caller gives: whole answers through `fetch`, streams through `sseFetch`. */
export function createTransportOver(
  fetch: typeof globalThis.fetch,
  sseFetch: typeof globalThis.fetch = fetch,
): Transport {
  const whole = createFetchTransport({ fetch });
  const streams = createFetchTransport({ fetch: lineFrames(sseFetch) });
  return {
    ...whole,
    open: streams.open,
    close: async () => {
      await Promise.all([whole.close(), streams.close()]);
    },
  };
}
