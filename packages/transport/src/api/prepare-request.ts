import { REQUEST_ID_HEADER } from "@rxsandbox/protocol";
import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { TransportRequest } from "../ports/transport.js";
import { requestUrl } from "./request-url.js";

/** Lower-case name of the header that carries the request id both ways. */
export const requestIdHeader = REQUEST_ID_HEADER.toLowerCase();

/** Bytes of a whole answer; an event stream has no such bound. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/**
 * Turns a call into what is sent to one address. Of headers with the same name the endpoint's wins, then the call's;
 * `headers` is filled with them.
 */
export function prepareRequest(
  request: ApiRequest,
  endpoint: Endpoint,
  headers: Record<string, string>,
  timeoutMs: number,
): TransportRequest {
  // A compressed event stream arrives in lumps, and a compressed download has other byte counts. Browsers set this
  // header themselves.
  headers["accept-encoding"] ??= "identity";
  if (request.json !== undefined) headers["content-type"] = "application/json";
  addHeaders(headers, request.headers);
  addHeaders(headers, endpoint.headers);
  // Written one by one: this is on the path of every call, and conditional spreads cost more than all the rest of it.
  const prepared: { -readonly [K in keyof TransportRequest]: TransportRequest[K] } = {
    method: request.method,
    url: requestUrl(endpoint.url, request.path, request.query),
    headers,
    maxBodyBytes: MAX_BODY_BYTES,
  };
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  if (body !== undefined) prepared.body = body;
  if (request.contentLength !== undefined) prepared.contentLength = request.contentLength;
  if (timeoutMs !== Infinity) prepared.timeoutMs = timeoutMs;
  if (request.idleTimeoutMs !== undefined) prepared.idleTimeoutMs = request.idleTimeoutMs;
  const { closeConnection } = request;
  if (typeof closeConnection === "function" ? closeConnection(endpoint) : closeConnection === true)
    prepared.closeConnection = true;
  return prepared;
}

/** Adds headers under lower-case names, so that the later one wins whatever its spelling. */
export function addHeaders(
  target: Record<string, string>,
  headers: Readonly<Record<string, string>> | undefined,
): void {
  if (headers === undefined) return;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) target[name.toLowerCase()] = value;
  }
}
