import type { Flow, ResponseHeaders, TransportFailure } from "../ports/transport.js";

/** Where an implementation of a transport puts what arrives: head, chunks, then `end` or `fail`; nothing after that. */
export interface ExchangeSink {
  head(status: number, headers: ResponseHeaders, flow: Flow): void;
  /** The bytes must stay as they are after the call when the sink is a {@link wholeResponse}. */
  chunk(bytes: Uint8Array): void;
  end(): void;
  fail(failure: TransportFailure): void;
}
