import {
  createTransportFailure,
  streamParts,
  wholeResponse,
  type ExchangeSink,
  type SocketPart,
  type StreamPart,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from "@rxsandbox/transport";
import { Observable } from "rxjs";
import type { Dispatcher } from "undici";
import { createConnectionPool, useDispatcher } from "./connection-pool.js";
import { Exchange } from "./exchange.js";
import { createSocketOpener } from "./open-socket.js";

export interface UndiciTransportOptions {
  /**
   * A dispatcher of undici 7 or 8 that every request goes through, for example a `ProxyAgent` or an `Agent` with a
   * certificate authority. It stays the caller's: `close()` leaves it open, its own limits and times apply, and
   * `detach` has no effect.
   */
  readonly dispatcher?: Dispatcher;
  /**
   * Whole requests to one origin at a time, others wait; 128 when absent. Streams are not counted. Without a dispatcher
   * only.
   */
  readonly maxConcurrentRequests?: number;
}

/**
 * Creates a transport over undici with connections of its own: one request at a time on each, HTTP/1.1.
 *
 * An idle connection is kept for at most 10 s, whatever the server's `Keep-Alive` header allows. A call that meets a
 * dead connection which never says so ends after its `timeoutMs`, and closes the idle connections to that origin, so
 * that the next call opens a new one.
 *
 * Neither follows redirects nor asks for compression; `close()` aborts what runs, which errors with a `closed` failure.
 * A stream that is unsubscribed from is closed in two steps: the server is told at once, and the socket is read for at
 * most 1 s and 64 MiB more, since a real daemon harms other commands when it writes to a closed connection; `close()`
 * waits for that.
 */
export function createUndiciTransport({
  dispatcher,
  maxConcurrentRequests = 128,
}: UndiciTransportOptions = {}): Transport {
  const leases = dispatcher === undefined ? createConnectionPool(maxConcurrentRequests) : useDispatcher(dispatcher);
  const sockets = createSocketOpener(dispatcher);
  const running = new Set<Exchange>();
  const leaving = new Set<Promise<void>>();
  const onHangUp = (gone: Promise<void>): void => {
    leaving.add(gone);
    void gone.then(() => leaving.delete(gone));
  };
  const onOver = (exchange: Exchange): void => void running.delete(exchange);
  let isClosed = false;

  function run(request: TransportRequest, isStream: boolean, sink: ExchangeSink): () => void {
    if (isClosed) {
      sink.fail(createTransportFailure("closed", "the transport is closed", { sent: false }));
      return () => undefined;
    }
    const exchange = new Exchange(request, { leases, isStream, onOver, onHangUp }, sink);
    running.add(exchange);
    exchange.start();
    return () => exchange.cancel();
  }

  return {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true },
    request: (request) =>
      new Observable<TransportResponse>((subscriber) => {
        const exchange: { abort?: () => void } = {};
        const sink = wholeResponse(subscriber, request.maxBodyBytes, () => exchange.abort?.());
        exchange.abort = run(request, false, sink);
        return exchange.abort;
      }),
    open: (request) => new Observable<StreamPart>((subscriber) => run(request, true, streamParts(subscriber))),
    connect: (request) =>
      new Observable<SocketPart>((subscriber) => {
        if (isClosed) subscriber.error(createTransportFailure("closed", "the transport is closed", { sent: false }));
        else return sockets.open(request, subscriber);
        return undefined;
      }),
    close: async () => {
      isClosed = true;
      for (const exchange of [...running]) exchange.breakOff("closed", "the transport was closed");
      await Promise.all(leaving);
      leases.close();
      await sockets.close();
    },
  };
}
