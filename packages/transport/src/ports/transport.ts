import type { Observable } from "rxjs";

/** What a request may carry. An `AsyncIterable` is read once: such a request is never retried. */
export type RequestBody = string | Uint8Array | Blob | AsyncIterable<Uint8Array>;

export interface TransportRequest {
  readonly method: string;
  /** Absolute, without fragment. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Known size of an `AsyncIterable` body in bytes; announced as `content-length` where the platform can. */
  readonly contentLength?: number;
  /**
   * Milliseconds. For `request` from subscribe to the last byte of the body, for `open` from subscribe to the head;
   * never a limit on a stream that has begun. Absent means none.
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds without a byte of the body in either direction after which the transfer fails; the time that the
   * source of a body takes does not count. Absent means none.
   */
  readonly idleTimeoutMs?: number;
  /**
   * Bytes that the body of a `request` may have; more fails with `too-large` and ends the exchange. Absent means no
   * bound.
   */
  readonly maxBodyBytes?: number;
  /**
   * Asks for a connection of its own that is closed afterwards (`Connection: close`). Needs
   * {@link TransportCapabilities.connectionClose}.
   */
  readonly closeConnection?: boolean;
}

/** Response headers, lower-case names; a name that came several times is joined with `", "`. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Uint8Array;
}

/** Flow control of one open response. */
export interface Flow {
  /** Stops reading from the socket; at most the bytes already on their way still arrive. */
  pause(): void;
  resume(): void;
  /**
   * From now on this response does not keep the process alive, and unsubscribing closes its connection at once. Does
   * nothing where the platform has no such notion.
   */
  detach(): void;
  /**
   * Says that the connection is dead. Idle connections to the same origin may be too: they are closed, so that the next
   * call opens a new one. Absent where the platform has no such notion.
   */
  readonly distrust?: () => void;
}

export interface StreamHead {
  readonly kind: "head";
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly flow: Flow;
  /**
   * Hands the chunks to `sink` from now on, in place of `next`; the end and a failure are notified as always, and none
   * comes after an unsubscribe. For a stream of many small chunks: no object is made for a chunk, and it passes no
   * operator. Absent where the transport has no such way.
   */
  readonly deliver?: (sink: (bytes: Uint8Array) => void) => void;
}

export interface StreamChunk {
  readonly kind: "chunk";
  /** Valid only during the synchronous `next` call; copy what has to outlive it. */
  readonly bytes: Uint8Array;
}

/** First exactly one head, then the chunks of the body. */
export type StreamPart = StreamHead | StreamChunk;

export interface SocketRequest {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** Needs {@link TransportCapabilities.socketHeaders} when not empty. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  /** Milliseconds until the socket is open. Absent means none. */
  readonly timeoutMs?: number;
}

export interface SocketOpen {
  readonly kind: "open";
  readonly protocol: string;
  send(data: string | Uint8Array): void;
  /** Bytes handed to `send` that have not left yet. */
  bufferedBytes(): number;
  close(code?: number, reason?: string): void;
}

export interface SocketMessage {
  readonly kind: "message";
  readonly data: string | Uint8Array;
}

export interface SocketClose {
  readonly kind: "close";
  readonly code: number;
  readonly reason: string;
}

/** First `open`, then messages, at last `close`; the Observable completes after it. */
export type SocketPart = SocketOpen | SocketMessage | SocketClose;

export interface TransportCapabilities {
  /** Can send `Connection: close` and does not reuse that connection. */
  readonly connectionClose: boolean;
  /** Can stream a request body of unknown length. */
  readonly streamingUpload: boolean;
  /** Can set headers on a WebSocket handshake. */
  readonly socketHeaders: boolean;
  /**
   * Response bodies that may be read to their end in the background at once; absent where connections are not scarce.
   */
  readonly maxDrains?: number;
}

/**
 * The network, as the client sees it: the one port that hides every platform.
 *
 * Every Observable is cold: subscribing sends, unsubscribing aborts. An abort in the middle of a response should first
 * tell the server that nobody reads on and keep the socket open for a moment, where the platform can: see
 * `docs/decisions/0053`. No implementation follows redirects, retries, judges a status or adds credentials. Failures
 * are notified as a {@link TransportFailure}.
 */
export interface Transport {
  readonly capabilities: TransportCapabilities;
  /** Emits one whole response, whatever its status, and completes. */
  request(request: TransportRequest): Observable<TransportResponse>;
  /** Emits the head and the chunks as they arrive; completes at a clean end of body. */
  open(request: TransportRequest): Observable<StreamPart>;
  connect(request: SocketRequest): Observable<SocketPart>;
  /** Frees connections; what still runs is aborted. Idempotent. */
  close(): Promise<void>;
}

/**
 * Why an exchange failed below HTTP.
 *
 * `connect`: no connection; `reset`: the connection broke; `timeout`: `timeoutMs` or `idleTimeoutMs` ran out;
 * `redirect`: a redirect that the platform hides; `malformed`: the answer is not HTTP, or its head is too large;
 * `too-large`: more than `maxBodyBytes`; `unsupported`: the platform cannot do what was asked; `closed`: the transport
 * was closed.
 */
export type TransportFailureKind =
  "connect" | "reset" | "timeout" | "redirect" | "malformed" | "too-large" | "unsupported" | "closed";

/** Structural, so that implementations need no class of this package. */
export interface TransportFailure extends Error {
  readonly name: "TransportFailure";
  readonly kind: TransportFailureKind;
  /** False only when it is certain that no byte of the request left; what `fetch` can never prove. */
  readonly sent: boolean;
}
