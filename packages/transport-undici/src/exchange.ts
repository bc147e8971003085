import {
  IdleWatch,
  createTransportFailure,
  startLongTimer,
  type ExchangeSink,
  type Flow,
  type ResponseHeaders,
  type TransportFailure,
  type TransportRequest,
} from "@rxsandbox/transport";
import type { Dispatcher } from "undici";
import type { Lease, LeaseSource } from "./lease.js";
import { outgoingBody, type OutgoingBody } from "./request-body.js";
import { undiciFailure } from "./undici-failure.js";

/** What exchanges of one transport have in common. */
export interface ExchangeSettings {
  readonly leases: LeaseSource;
  /**
   * True ends `timeoutMs` at the head instead of the end of the body, and keeps the request out of the bound of
   * concurrent ones.
   */
  readonly isStream: boolean;
  /** Given what resolves when the connection of an exchange that was left is closed. */
  readonly onHangUp: (gone: Promise<void>) => void;
  /** Told when the exchange is over, however it ends. */
  readonly onOver: (exchange: Exchange) => void;
}

/**
 * How long and how far a response that was left is read on after the server was told: it needs a moment to stop
 * writing.
 */
const HANG_UP_MS = 1000;
const HANG_UP_BYTES = 64 * 1024 * 1024;

/**
 * How the connection of a response that is not wanted any more is ended.
 *
 * `hang-up`: our side first, for streams, whose handlers look whether the client has left. `reset`: for bodies that are
 * written in one go, such as files: a write that waits fails with the first reset, and there is no other; after the end
 * of our side it would be a broken pipe. `close`: while the request is still being sent, and where the server writes
 * nothing more.
 */
type Ending = "hang-up" | "reset" | "close";

const USER_AGENT = "rxsandbox";
/** One for all: nobody reads it, and a stack trace per abort costs more than the abort. */
const aborted = new Error("aborted");

/** One request and its response over undici's dispatch. */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly request: TransportRequest;
  private readonly settings: ExchangeSettings;
  private readonly sink: ExchangeSink;
  private isOver = false;
  private ending: Ending = "close";
  private unwanted = 0;
  private closed = (): void => undefined;
  private began = false;
  private isAnswered = false;
  private controller: Dispatcher.DispatchController | undefined;
  private lease: Lease | undefined;
  private body: OutgoingBody | undefined;
  private bodyError: { readonly thrown: unknown } | undefined;
  private idle: IdleWatch | undefined;
  private cancelTimeout: () => void = () => undefined;
  private stopWaiting: () => void = () => undefined;

  constructor(request: TransportRequest, settings: ExchangeSettings, sink: ExchangeSink) {
    this.request = request;
    this.settings = settings;
    this.sink = sink;
  }

  start(): void {
    const { url, timeoutMs, idleTimeoutMs } = this.request;
    if (timeoutMs !== undefined)
      this.cancelTimeout = startLongTimer(timeoutMs, () =>
        this.breakOff("timeout", `no answer within ${timeoutMs} ms`),
      );
    if (idleTimeoutMs !== undefined)
      this.idle = new IdleWatch(idleTimeoutMs, () => this.breakOff("timeout", `no byte for ${idleTimeoutMs} ms`));
    const { origin, path } = splitUrl(url);
    try {
      this.stopWaiting = this.settings.leases.acquire(origin, !this.settings.isStream, (lease) =>
        this.send(lease, origin, path),
      );
    } catch (error) {
      this.fail(undiciFailure(error as Error, false));
    }
  }

  /**
   * Ends it without a word to the sink.
   *
   * A real daemon that writes to a closed connection kills other commands of its sandbox (`divergences.md` X66). The
   * socket of a stream is therefore closed on our side only and read for a moment more: by then a daemon has stopped
   * writing. See {@link Ending}.
   */
  cancel(): void {
    if (this.isOver) return;
    if (this.ending !== "hang-up" || this.lease?.hangUp() !== true) return this.abort();
    this.over();
    this.controller?.resume();
    const cancelWait = startLongTimer(HANG_UP_MS, () => this.cutOff());
    const gone = new Promise<void>((resolve) => {
      this.closed = () => {
        cancelWait();
        resolve();
      };
    });
    this.settings.onHangUp(gone);
  }

  /** Ends it without a word to anybody. */
  private abort(): void {
    this.over();
    this.stopWaiting();
    this.cutOff();
  }

  private cutOff(): void {
    this.closed();
    // Before undici closes the socket its own way.
    this.lease?.drop(this.ending === "reset");
    this.controller?.abort(aborted);
  }

  /** Ends it with a failure. */
  breakOff(kind: "timeout" | "closed" | "too-large", message: string): void {
    if (this.isOver) return;
    const failure = createTransportFailure(kind, message, { sent: this.began });
    if (kind === "timeout" && !this.isAnswered) this.lease?.distrustIdle();
    this.abort();
    this.sink.fail(failure);
  }

  private send(lease: Lease, origin: string, path: string): void {
    this.lease = lease;
    const { method, closeConnection = false, body, contentLength } = this.request;
    this.body = outgoingBody(body, contentLength, {
      isTimed: this.idle !== undefined,
      // A slow source is no dead connection.
      onWanted: () => this.idle?.pause(),
      onPiece: () => void (this.isOver || this.idle?.resume()),
      onError: (thrown) => {
        this.bodyError = { thrown };
      },
    });
    const headers = { "user-agent": USER_AGENT, ...this.request.headers };
    if (this.body.length !== undefined) Object.assign(headers, { "content-length": String(this.body.length) });
    const options: Dispatcher.DispatchOptions = {
      origin,
      path,
      method: method as Dispatcher.HttpMethod,
      headers,
      // Undici takes any async iterable, though its type does not say so.
      body: this.body.content as Uint8Array | null,
      // False, not absent: else undici closes the connection after a DELETE with a body.
      reset: closeConnection,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    try {
      lease.dispatcher.dispatch(options, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isOver) {
      controller.abort(aborted);
      return;
    }
    this.controller = controller;
    this.began = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx: the answer is still to come.
    if (this.isOver || status < 200) return;
    this.isAnswered = true;
    if (this.settings.isStream) this.cancelTimeout();
    this.idle?.resume();
    if (this.body?.isWhole === true)
      this.ending = this.settings.isStream && headers["content-length"] === undefined ? "hang-up" : "reset";
    this.sink.head(status, flatHeaders(headers), this.flow(controller));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.isOver) {
      this.unwanted += chunk.byteLength;
      if (this.unwanted > HANG_UP_BYTES) this.cutOff();
      return;
    }
    this.idle?.touch();
    this.sink.chunk(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver) return this.cutOff();
    this.over();
    // Before the sink hears of it: what it sends next finds the connection free.
    this.lease?.release();
    this.sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.isOver) return this.cutOff();
    const { bodyError } = this;
    this.fail(
      bodyError === undefined
        ? undiciFailure(error, this.began)
        : createTransportFailure("reset", "the request body failed", { sent: this.began, cause: bodyError.thrown }),
    );
  }

  private fail(failure: TransportFailure): void {
    this.over();
    this.lease?.drop();
    this.sink.fail(failure);
  }

  private over(): void {
    this.isOver = true;
    this.cancelTimeout();
    this.idle?.pause();
    this.body?.stop();
    this.settings.onOver(this);
  }

  private flow(controller: Dispatcher.DispatchController): Flow {
    return {
      pause: () => {
        if (this.isOver) return;
        this.idle?.pause();
        controller.pause();
      },
      resume: () => {
        if (this.isOver) return;
        this.idle?.resume();
        controller.resume();
      },
      detach: () => {
        if (this.isOver) return;
        this.ending = "close";
        this.lease?.detach();
      },
      distrust: () => this.lease?.distrustIdle(),
    };
  }
}

function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const begin = url.indexOf("://") + 3;
  const end = url.slice(begin).search(/[/?#]/);
  if (end < 0) return { origin: url, path: "/" };
  const path = url.slice(begin + end);
  return { origin: url.slice(0, begin + end), path: path.startsWith("/") ? path : `/${path}` };
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): ResponseHeaders {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(", ");
  }
  return headers as ResponseHeaders;
}
