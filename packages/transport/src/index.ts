export { decodeEvents } from "./event-stream/decode-events.js";
export {
  createEventDecoder,
  type EventDecoder,
  type EventDecoderOptions,
  type EventSink,
} from "./event-stream/event-decoder.js";
export { createUtf8Decoder, type Utf8Decoder } from "./event-stream/utf8-decoder.js";
export { envelopeError } from "./event-stream/envelope-error.js";
export type { ErrorEnvelope } from "./event-stream/parse-frame.js";
export { DEFAULT_MAX_EVENT_BYTES } from "./event-stream/event-size.js";
export { createApi } from "./api/create-api.js";
export { createSockets } from "./api/create-sockets.js";
export { retryWaitMs, type RetryWait } from "./api/retry-wait-ms.js";
export type { ReadFate } from "./api/explain-loss.js";
export { createServerClock, type ServerClock } from "./clock/server-clock.js";
export type { ApiOptions, RetryOptions, RetryPolicy } from "./api/api-options.js";
export { createScope, type ScopeOptions } from "./scope/create-scope.js";
export { scoped, type Holding } from "./scope/scoped.js";
export { parseConnection, type Connection, type ConnectionSettings } from "./connection/parse-connection.js";
export { createRedactor, type Redactor } from "./redaction/redactor.js";
export { createTransportFailure, isTransportFailure } from "./errors/transport-failure.js";
export { toSandboxError, type ErrorContext } from "./errors/to-sandbox-error.js";
export type { ErrorText } from "./errors/error-text.js";
export { SandboxGoneError, isSandboxGone, type GoneSandbox, type SandboxFate } from "./errors/sandbox-gone-error.js";
export { createFetchTransport, type FetchTransportOptions } from "./fetch/create-fetch-transport.js";
export type { ExchangeSink } from "./exchange/exchange-sink.js";
export { streamParts } from "./exchange/stream-parts.js";
export { wholeResponse } from "./exchange/whole-response.js";
export { IdleWatch } from "./timer/idle-watch.js";
export { readEgressTarget } from "./arguments/egress-target.js";
export { isByteArray, toBytes, type Bytes } from "./arguments/bytes.js";
export { isPathId, namePathSegment, readPathId } from "./arguments/path-id.js";
export { after } from "./timer/after.js";
export { startLongTimer, type LongTimerOptions } from "./timer/long-timer.js";
export {
  SandboxError,
  isSandboxError,
  type SandboxErrorCode,
  type SandboxErrorOptions,
} from "./errors/sandbox-error.js";
export {
  InvalidArgumentError,
  ApiError,
  ProtocolError,
  ReadyTimeoutError,
  StreamStalledError,
  StreamTruncatedError,
  type TruncationDetails,
} from "./errors/errors.js";
export type {
  Transport,
  TransportCapabilities,
  TransportRequest,
  TransportResponse,
  TransportFailure,
  TransportFailureKind,
  RequestBody,
  ResponseHeaders,
  StreamPart,
  StreamHead,
  StreamChunk,
  Flow,
  SocketRequest,
  SocketPart,
  SocketOpen,
  SocketMessage,
  SocketClose,
} from "./ports/transport.js";
export type { Endpoint, EndpointSource, AccessPath } from "./ports/endpoint-source.js";
export type { Sockets, SocketCall } from "./ports/sockets.js";
export type { Api, ApiRequest, ApiResponse, HttpMethod } from "./ports/api.js";
export type { Scope, CleanupSubject, DrainableBody } from "./ports/scope.js";
export type { ClientEvent } from "./ports/client-event.js";
