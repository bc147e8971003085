import { REQUEST_ID_HEADER } from "@rxsandbox/protocol";
import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import type { TransportRequest } from "../ports/transport.js";
import { requestUrl } from "./request-url.js";

/** Lower-case name of the header that carries the request id both ways. */
export const requestIdHeader = REQUEST_ID_HEADER.toLowerCase();

/** Bytes of a whole answer; an event stream has no such bound. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Turns a call into what is sent to one address. Of headers with the same name the endpoint's wins, then the call's. */
export function prepareRequest(request: ApiRequest, endpoint: Endpoint, defaults: Readonly<Record<string, string>>, timeoutMs: number): TransportRequest {
  const headers: Record<string, string> = { ...defaults };
  if (request.json !== undefined) headers["content-type"] = "application/json";
  addHeaders(headers, request.headers);
  addHeaders(headers, endpoint.headers);
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  const { contentLength, idleTimeoutMs, closeConnection } = request;
  return {
    method: request.method,
    url: requestUrl(endpoint.url, request.path, request.query),
    headers,
    maxBodyBytes: MAX_BODY_BYTES,
    ...(body !== undefined && { body }),
    ...(contentLength !== undefined && { contentLength }),
    ...(timeoutMs !== Infinity && { timeoutMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    ...(closeConnection === true && { closeConnection }),
  };
}

/** Adds headers under lower-case names, so that the later one wins whatever its spelling. */
export function addHeaders(target: Record<string, string>, headers: Readonly<Record<string, string>> = {}): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) target[name.toLowerCase()] = value;
  }
}
