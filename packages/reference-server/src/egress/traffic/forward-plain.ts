import { request as sendRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { EnforceableSidecar } from "../enforceable-sidecar.js";
import type { HostAndPort } from "./host-and-port.js";
import { isHostAllowed } from "./judge-host.js";
import { refuseTraffic } from "./refuse-traffic.js";
import { selectBinding } from "./select-binding.js";

/** Headers that belong to one hop (RFC 9110 7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"];
const REDACTED = "[REDACTED]";
const CONNECT_TIMEOUT_MS = 30_000;

/** A header that the vault puts into a request. */
interface Injection {
  readonly name: string;
  /** The whole value, and the secret in it. */
  readonly value: string;
  readonly secret: string;
}

/** Passes on one plain request of a sandbox to where its address says, with the credentials that the vault has for it (`egress.md` 4.8). */
export function forwardPlain(request: IncomingMessage, response: ServerResponse, target: URL, sidecar: EnforceableSidecar, upstream: (target: HostAndPort) => HostAndPort): void {
  const host = target.hostname.toLowerCase();
  const port = target.port === "" ? 80 : Number(target.port);
  if (!isHostAllowed(sidecar.policy(), host)) return refuseTraffic(response, 403, `egress policy denies ${host}`);
  const injected = injections(sidecar, { method: request.method ?? "GET", host: host.replace(/\.$/, ""), port, path: target.pathname });
  if (injected === "ambiguous") return refuseTraffic(response, 403, "credential binding ambiguous");
  const forwarded = openRequest(request, target, upstream({ host: host.replace(/^\[(.*)\]$/, "$1"), port }), injected);
  if (forwarded === undefined) return refuseTraffic(response, 502, `the credential for ${host} is no value of a header`);
  forwarded.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (forwarded.socket?.connecting !== false) forwarded.destroy(new Error("no connection in time"));
  });
  forwarded.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer.headers, injected));
    answer.pipe(response);
    // A broken answer stays a broken one.
    answer.on("error", () => response.destroy());
  });
  forwarded.on("error", (error: NodeJS.ErrnoException) => {
    // Nobody waits any more, or the answer has begun.
    if (response.destroyed || response.headersSent) response.destroy();
    else refuseTraffic(response, 502, `no answer from ${host}: ${error.code ?? "connection failed"}`);
  });
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
}

/** Begins the request; `undefined` when a secret cannot stand in a header, which the vault does not ask of it. */
function openRequest(request: IncomingMessage, target: URL, to: HostAndPort, injected: readonly Injection[]): ClientRequest | undefined {
  try {
    return sendRequest({
      host: to.host,
      port: to.port,
      method: request.method,
      path: `${target.pathname}${target.search}`,
      headers: requestHeaders(request.headers, target.host, injected),
      setHost: false,
      agent: false,
    });
  } catch {
    return undefined;
  }
}

function injections(sidecar: EnforceableSidecar, asked: { readonly method: string; readonly host: string; readonly port: number; readonly path: string }): readonly Injection[] | "ambiguous" {
  const vault = sidecar.vault();
  const binding = vault && selectBinding(vault.bindings, { scheme: "http", ...asked });
  if (vault === undefined || binding === undefined) return [];
  if (binding === "ambiguous") return binding;
  return binding.headers.map(({ name, prefix, credential }) => {
    const secret = vault.valueOf(credential);
    return { name: name.toLowerCase(), value: `${prefix}${secret}`, secret };
  });
}

function requestHeaders(given: IncomingHttpHeaders, host: string, injected: readonly Injection[]): OutgoingHttpHeaders {
  const headers = endToEnd(given);
  headers["host"] = host;
  // A body without length keeps a frame of its own, whatever the method: else its bytes would be taken for the next request.
  if (given["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  for (const { name, value } of injected) headers[name] = value;
  return headers;
}

/** What was injected does not come back in a header. */
function responseHeaders(given: IncomingHttpHeaders, injected: readonly Injection[]): OutgoingHttpHeaders {
  const headers = endToEnd(given);
  const redact = (text: string): string => injected.reduce((redacted, { value, secret }) => redacted.replaceAll(value, REDACTED).replaceAll(secret, REDACTED), text);
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") headers[name] = redact(value);
    else if (Array.isArray(value)) headers[name] = value.map(redact);
  }
  return headers;
}

function endToEnd(given: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (given.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return Object.fromEntries(Object.entries(given).filter(([name]) => !dropped.has(name)));
}
