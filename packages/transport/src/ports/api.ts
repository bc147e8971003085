import type { Observable } from "rxjs";
import type { SandboxError } from "../errors/sandbox-error.js";
import type { Redactor } from "../redaction/redactor.js";
import type { Endpoint } from "./endpoint-source.js";
import type { RequestBody, StreamPart } from "./transport.js";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One call of an API, relative to its base address. */
export interface ApiRequest {
  /** Present tense, for messages: `Create sandbox`. */
  readonly what: string;
  readonly method: HttpMethod;
  /** Begins with `/`, no query, no trailing slash; dynamic segments already encoded. */
  readonly path: string;
  /** `undefined` values are left out; arrays repeat the name. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON with its content type; excludes `body`. */
  readonly json?: unknown;
  readonly body?: RequestBody;
  readonly contentLength?: number;
  /** The texts of `json` that no error may show. Absent means that they are guessed from the names of its fields. */
  readonly secrets?: readonly string[];
  /**
   * Milliseconds per attempt; absent means the client's request timeout, `null` none. Ignored by `open` once the head
   * is there.
   */
  readonly timeoutMs?: number | null;
  readonly idleTimeoutMs?: number;
  /** Whether sending twice does no harm; absent means by method: GET, PUT and DELETE are, POST and PATCH are not. */
  readonly idempotent?: boolean;
  /** Attempts are never repeated, whatever the retry policy says. */
  readonly noRetry?: boolean;
  /**
   * Asks for a connection of its own that is closed afterwards. A function decides by the address of each attempt; what
   * it throws ends the call, unsent.
   */
  readonly closeConnection?: boolean | ((endpoint: Endpoint) => boolean);
  /**
   * Asked right before each attempt is handed to the transport; until it is asked for the first time nothing has left.
   * False ends the call there, without a value: whoever leaves a call that waits to be repeated keeps it from being
   * sent after all. `requestId` is the one of the call; an answer may bring another.
   */
  readonly beforeAttempt?: (requestId: string) => boolean;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The server's request id where it sent one, else ours. */
  readonly requestId: string;
}

/**
 * An HTTP API at one base address: mints request ids, adds headers, maps every failure to a `SandboxError`, retries by
 * the table of `protocol`, reports to the client's event stream.
 *
 * Every Observable is cold. Statuses outside 2xx are error notifications; redirects are `protocol` errors.
 */
export interface Api {
  request(request: ApiRequest): Observable<ApiResponse>;
  /** `parse` turns the decoded JSON into the result or throws; a 2xx without valid JSON is a `protocol` error. */
  json<T>(request: ApiRequest, parse: (value: unknown, response: ApiResponse) => T): Observable<T>;
  /** For answers whose body does not matter: emits `undefined`. */
  empty(request: ApiRequest): Observable<void>;
  /**
   * Head (2xx, else an error notification with the parsed body) and chunks. Never timed after the head. Not retried
   * unless nothing left.
   */
  open(request: ApiRequest): Observable<StreamPart>;
  /** The address that the next call would use. */
  target(): Observable<Endpoint>;
  /**
   * Errors with an error that was made above this API, or with a `SandboxGoneError` that has it as its cause where a
   * lost stream comes from the end of the sandbox. Calls of this API do so by themselves.
   */
  explain(error: SandboxError): Observable<never>;
  /**
   * Judges a stream that says nothing, with one look at the sandbox's state: completes when the sandbox is paused,
   * which explains the silence; else errors with the given error, or with a `SandboxGoneError` that has it as its
   * cause.
   */
  explainSilence(error: SandboxError): Observable<never>;
  /** Knows the secrets of this API and of the given call, for errors that are made above it. */
  redactor(request: ApiRequest): Redactor;
}
