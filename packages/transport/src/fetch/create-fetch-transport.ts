import { Observable, type Subscriber } from "rxjs";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ExchangeSink } from "../exchange/exchange-sink.js";
import { streamParts } from "../exchange/stream-parts.js";
import { wholeResponse } from "../exchange/whole-response.js";
import type { SocketPart, StreamPart, Transport, TransportRequest, TransportResponse } from "../ports/transport.js";
import { canStreamUploads } from "./can-stream-uploads.js";
import { FetchExchange } from "./fetch-exchange.js";
import { openSocket } from "./open-socket.js";

export interface FetchTransportOptions {
  /** Replaces the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Replaces the platform's `WebSocket`. */
  readonly WebSocket?: typeof globalThis.WebSocket;
}

/**
 * Creates a transport over the platform's `fetch` and `WebSocket`, for browsers and other runtimes.
 *
 * It can neither ask for a connection of its own nor set headers on a WebSocket, and never proves that nothing left.
 * Cookies are not sent, redirects not followed. Its connections belong to the platform: `close()` aborts what runs.
 */
export function createFetchTransport({ fetch, WebSocket }: FetchTransportOptions = {}): Transport {
  const running = new Set<() => void>();
  const streamingUpload = canStreamUploads();
  let isClosed = false;

  /** Keeps `breakOff` for as long as the subscriber is there. */
  function start<T>(
    work: (subscriber: Subscriber<T>) => { readonly cancel: () => void; readonly breakOff: () => void },
  ): Observable<T> {
    return new Observable((subscriber) => {
      if (isClosed) {
        subscriber.error(createTransportFailure("closed", "the transport is closed", { sent: false }));
        return undefined;
      }
      const { cancel, breakOff } = work(subscriber);
      running.add(breakOff);
      return () => {
        running.delete(breakOff);
        cancel();
      };
    });
  }

  function run(request: TransportRequest, isStream: boolean, sink: ExchangeSink): FetchExchange {
    const exchange = new FetchExchange(request, { fetch: fetch ?? globalThis.fetch, isStream, streamingUpload }, sink);
    exchange.start();
    return exchange;
  }

  return {
    // Of a browser's six connections to an origin.
    capabilities: { connectionClose: false, streamingUpload, socketHeaders: false, maxDrains: 2 },
    request: (request) =>
      start<TransportResponse>((subscriber) => {
        const started: { exchange?: FetchExchange } = {};
        started.exchange = run(
          request,
          false,
          wholeResponse(subscriber, request.maxBodyBytes, () => started.exchange?.cancel()),
        );
        return handles(started.exchange);
      }),
    open: (request) => start<StreamPart>((subscriber) => handles(run(request, true, streamParts(subscriber)))),
    connect: (request) =>
      start<SocketPart>((subscriber) => ({
        cancel: openSocket(WebSocket ?? globalThis.WebSocket, request, subscriber),
        breakOff: () => subscriber.error(createTransportFailure("closed", "the transport was closed", { sent: true })),
      })),
    close() {
      isClosed = true;
      for (const breakOff of [...running]) breakOff();
      return Promise.resolve();
    },
  };
}

function handles(exchange: FetchExchange): { readonly cancel: () => void; readonly breakOff: () => void } {
  return { cancel: () => exchange.cancel(), breakOff: () => exchange.breakOff("closed", "the transport was closed") };
}
