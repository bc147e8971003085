export { decodeEvents } from "./event-stream/decode-events.js";
export {
  createEventDecoder,
  type EventDecoder,
  type EventDecoderOptions,
  type EventSink,
} from "./event-stream/event-decoder.js";
export { envelopeError } from "./event-stream/envelope-error.js";
export type { ErrorEnvelope } from "./event-stream/parse-frame.js";
export { DEFAULT_MAX_EVENT_BYTES } from "./event-stream/event-size.js";
export { SandboxError, isSandboxError, type SandboxErrorCode, type SandboxErrorOptions } from "./errors/sandbox-error.js";
export {
  InvalidArgumentError,
  ApiError,
  ProtocolError,
  ReadyTimeoutError,
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
export type { Api, ApiRequest, ApiResponse, HttpMethod } from "./ports/api.js";
export type { Scope, CleanupSubject, DrainableBody } from "./ports/scope.js";
export type { ClientEvent } from "./ports/client-event.js";
