import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions, ServerResponse } from "node:http";
import { askPeer } from "../../shared/forwarding/ask-peer.js";
import { endToEndHeaders, hopByHopNames } from "../../shared/forwarding/end-to-end-headers.js";
import { passAnswer } from "../../shared/forwarding/pass-answer.js";
import { passBody } from "../../shared/forwarding/pass-body.js";
import type { TrafficRules } from "../sidecar.js";
import { isHostAllowed } from "./judge-host.js";
import { machineRefusal, MACHINE_REFUSED } from "./machine-address.js";
import { refuseTraffic } from "./refuse-traffic.js";
import type { FindRoute, Route } from "./route.js";
import { selectBinding } from "./select-binding.js";

const REDACTED = "[REDACTED]";
const CONNECT_TIMEOUT_MS = 30_000;

/** A header that the vault puts into a request. */
interface Injection {
  readonly name: string;
  /** The whole value, and the secret in it. */
  readonly value: string;
  readonly secret: string;
}

/**
 * Passes on one plain request of a sandbox to where its address says, with the credentials that the vault has for it
 * (`egress.md` 4.8).
 */
export function forwardPlain(
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
  rules: TrafficRules,
  findRoute: FindRoute,
): void {
  const host = target.hostname.toLowerCase();
  const port = target.port === "" ? 80 : Number(target.port);
  if (!isHostAllowed(rules.policy(), host)) return refuseTraffic(response, 403, `egress policy denies ${host}`);
  const route = findRoute({ host: host.replace(/^\[(.*)\]$/, "$1"), port });
  if (route === undefined) return refuseTraffic(response, 403, machineRefusal(host));
  const injected = injections(rules, {
    method: request.method ?? "GET",
    host: host.replace(/\.$/, ""),
    port,
    path: target.pathname,
  });
  if (injected === "ambiguous") return refuseTraffic(response, 403, "credential binding ambiguous");
  const redact = (text: string): string =>
    injected.reduce(
      (redacted, { value, secret }) => redacted.replaceAll(value, REDACTED).replaceAll(secret, REDACTED),
      text,
    );
  const forwarded = askPeer(requestTo(request, target, route, injected), {
    client: response,
    onAnswer(answer) {
      // What was injected does not come back in the head.
      answer.statusMessage = redact(answer.statusMessage ?? "");
      passAnswer(
        answer,
        response,
        endToEndHeaders(answer).flatMap(([name, value]) => [name, redact(value)]),
      );
    },
    onFailure(error: NodeJS.ErrnoException) {
      // Nobody waits any more, or the answer has begun.
      if (response.destroyed || response.headersSent) response.destroy();
      else if (error.code === MACHINE_REFUSED) refuseTraffic(response, 403, machineRefusal(host));
      else if (error.code === "ERR_INVALID_CHAR")
        refuseTraffic(response, 502, `the credential for ${host} is not a valid header value`);
      else refuseTraffic(response, 502, `no answer from ${host}: ${error.code ?? "connection failed"}`);
    },
  });
  if (forwarded === undefined) return;
  forwarded.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (forwarded.socket?.connecting !== false) forwarded.destroy(new Error("timed out while connecting"));
  });
  response.on("close", () => forwarded.destroy());
  passBody(request, forwarded);
}

function requestTo(request: IncomingMessage, target: URL, to: Route, injected: readonly Injection[]): RequestOptions {
  return {
    ...to,
    method: request.method ?? "GET",
    path: `${target.pathname}${target.search}`,
    headers: requestHeaders(request, target.host, injected),
    setHost: false,
    agent: false,
  };
}

function injections(
  rules: TrafficRules,
  asked: { readonly method: string; readonly host: string; readonly port: number; readonly path: string },
): readonly Injection[] | "ambiguous" {
  const vault = rules.vault();
  const binding = vault && selectBinding(vault.bindings, { scheme: "http", ...asked });
  if (vault === undefined || binding === undefined) return [];
  if (binding === "ambiguous") return binding;
  return binding.headers.map(({ name, prefix, credential }) => {
    const secret = vault.valueOf(credential);
    return { name: name.toLowerCase(), value: `${prefix}${secret}`, secret };
  });
}

function requestHeaders(request: IncomingMessage, host: string, injected: readonly Injection[]): OutgoingHttpHeaders {
  const dropped = hopByHopNames(request);
  const headers: OutgoingHttpHeaders = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !dropped.has(name)),
  );
  headers["host"] = host;
  // A body without length keeps a frame of its own, whatever the method: else its bytes would be taken for the next
  // request.
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  for (const { name, value } of injected) headers[name] = value;
  return headers;
}
