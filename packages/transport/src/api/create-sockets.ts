import { catchError, concatMap, defer, take, tap, throwError, type Observable } from "rxjs";
import { SandboxError } from "../errors/sandbox-error.js";
import { toSandboxError, type ErrorContext } from "../errors/to-sandbox-error.js";
import { isTransportFailure } from "../errors/transport-failure.js";
import { emitEvent } from "../events/emit-event.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { SocketCall, Sockets } from "../ports/sockets.js";
import type { SocketPart } from "../ports/transport.js";
import type { ApiOptions } from "./api-options.js";
import { explainLoss } from "./explain-loss.js";
import { addHeaders, requestIdHeader } from "./prepare-request.js";
import { createRequestId } from "./request-id.js";
import { requestUrl } from "./request-url.js";
import { whereOf } from "./where-of.js";

/** The WebSockets of an API over a transport; sends nothing. */
export function createSockets(options: ApiOptions): Sockets {
  return {
    connect: (call) =>
      defer(() => {
        const requestId = createRequestId();
        let context: ErrorContext = { what: call.what, method: "GET", path: call.path, requestId };
        return options.target().pipe(
          take(1),
          concatMap((endpoint) => {
            context = { ...context, ...whereOf(options, endpoint), timeoutMs: timeoutOf(options, call) };
            return open(options, call, endpoint, context);
          }),
          catchError((thrown: unknown) => {
            const error = toSandboxError(thrown, context);
            if (isTransportFailure(error.cause) && error.cause.kind === "connect") options.invalidate?.();
            return explainLoss(error, options.readFate);
          }),
          tap({
            error: (error: unknown) => {
              if (options.events !== undefined)
                emitEvent(options.events, {
                  type: "failed",
                  requestId,
                  method: "GET",
                  path: call.path,
                  error: error as SandboxError,
                });
            },
          }),
        );
      }),
  };
}

function open(
  options: ApiOptions,
  call: SocketCall,
  endpoint: Endpoint,
  context: ErrorContext,
): Observable<SocketPart> {
  const { transport, events } = options;
  const { requestId = "" } = context;
  const headers: Record<string, string> = {};
  addHeaders(headers, options.headers);
  addHeaders(headers, endpoint.headers);
  if (transport.capabilities.socketHeaders) headers[requestIdHeader] ??= requestId;
  else if (Object.keys(headers).length > 0) return throwError(() => cannotSendHeaders(context));
  const timeoutMs = timeoutOf(options, call);
  const startedMs = performance.now();
  const subject = { requestId, method: "GET", path: call.path };
  if (events !== undefined) emitEvent(events, { type: "request", ...subject, attempt: 1 });
  const url = requestUrl(endpoint.url.replace(/^http/, "ws"), call.path, call.query);
  return transport.connect({ url, headers, ...(timeoutMs !== Infinity && { timeoutMs }) }).pipe(
    tap((part) => {
      if (events !== undefined && part.kind === "open")
        emitEvent(events, { type: "response", ...subject, status: 101, durationMs: performance.now() - startedMs });
    }),
  );
}

function timeoutOf({ requestTimeoutMs }: ApiOptions, { timeoutMs }: SocketCall): number {
  return timeoutMs ?? requestTimeoutMs;
}

function cannotSendHeaders(context: ErrorContext): SandboxError {
  const detail = "a WebSocket of this platform cannot carry the headers that this address needs";
  const advice = "use a signed route, or a relay that adds them";
  return new SandboxError("unsupported", { ...context, detail, advice }, { requestId: context.requestId });
}
