import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { HttpProblem, problem } from "../http/http-problem.js";
import { checkValue } from "../requests/request-body.js";
import type { SandboxRecord } from "../lifecycle/sandbox-record.js";
import type { SandboxRegistry } from "../lifecycle/sandbox-registry.js";
import { integer } from "../requests/scalar-rules.js";
import { forwardRequest } from "./forward-request.js";
import { forwardUpgrade } from "./forward-upgrade.js";
import { requestHeadersToSandbox } from "./proxied-headers.js";
import { proxiedPath } from "./proxied-path.js";
import { afterPause, sandboxTarget } from "./sandbox-target.js";

const METHODS = ["GET", "PATCH", "PUT", "POST", "DELETE"];
const ROUTE = /^(?:\/v1)?\/sandboxes\/([^/]+)\/proxy\/([^/?]+)((?:[/?].*)?)$/;

/** The routes `/sandboxes/{id}/proxy/{port}/…` of the control plane (`lifecycle.md` 9). */
export interface ServerProxy {
  /** Whether a request target belongs to these routes. */
  matches(url: string): boolean;
  /** Answers a request; throws what the control plane renders as an error. */
  answer(request: IncomingMessage, response: ServerResponse, requestId: string): void;
  /** Answers a WebSocket handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Makes the routes over the sandboxes of a registry; the caller has checked the key. */
export function serverProxy(registry: SandboxRegistry, profile: "opensandbox" | "spec"): ServerProxy {
  const sockets = new WebSocketServer({ noServer: true });
  const locate = (url: string): { readonly record: SandboxRecord; readonly port: number; readonly path: string } => {
    const [, id = "", portText = "", rest = ""] = ROUTE.exec(url) ?? [];
    const port = readPort(decodeURIComponent(portText));
    const path = profile === "opensandbox" ? proxiedPath(rest) : rest.startsWith("/") ? rest : `/${rest}`;
    return { record: registry.get(decodeURIComponent(id)), port, path };
  };
  return {
    matches: (url) => ROUTE.test(url),
    answer(request, response, requestId) {
      const method = request.method ?? "GET";
      if (!METHODS.includes(method))
        throw new HttpProblem(405, { detail: "Method Not Allowed" }, { allow: METHODS.join(", ") });
      const { record, port, path } = locate(request.url ?? "/");
      const target = sandboxTarget(record, port);
      if (target.kind === "exited") throw exitedProblem();
      const hasLength = Number(request.headers["content-length"] ?? 0) > 0;
      if (method === "GET" && hasLength && profile === "opensandbox")
        throw proxyFailure("Too little data for declared Content-Length");
      registry.noteAccess(record);
      if (target.kind === "closed") throw unreachable(port);
      const fail = (failure: HttpProblem): void => {
        response.statusCode = failure.status;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(failure.body));
      };
      if (target.kind === "sidecar") {
        response.setHeader("x-request-id", requestId);
        response.once(
          "close",
          afterPause(
            record,
            () => target.sidecar.handle(request, response, path),
            () => fail(exitedProblem()),
          ),
        );
        return;
      }
      const hasBody = method !== "GET" || hasLength;
      forwardRequest(request, response, {
        socketPath: record.handle.socketPath,
        path: `${target.prefix}${path}`,
        headers: requestHeadersToSandbox(request, { isServerProxy: true, hasBody }),
        hasBody,
        ownHeaders: { "x-request-id": requestId, ...crossOriginHeaders(response) },
        onUnreachable: () => fail(unreachable(port)),
        onFailure: (error) =>
          fail(isRefused(error) ? unreachable(port) : proxyFailure("Server disconnected without sending a response.")),
      });
    },
    upgrade(request, socket, head) {
      const close = (code: number, reason = ""): void =>
        sockets.handleUpgrade(request, socket, head, (webSocket) => {
          // What the client sends may be no frame; the connection ends either way.
          webSocket.on("error", () => webSocket.terminate());
          webSocket.close(code, reason);
        });
      try {
        const { record, port, path } = locate(request.url ?? "/");
        const target = sandboxTarget(record, port);
        if (target.kind !== "worker") return close(1011);
        registry.noteAccess(record);
        forwardUpgrade(request, socket, head, {
          socketPath: record.handle.socketPath,
          path: `${target.prefix}${path}`,
          headers: requestHeadersToSandbox(request, { isServerProxy: true, hasBody: false }),
          onRefused(answer) {
            answer.resume();
            close(answer.statusCode === 502 ? 1011 : 1008);
          },
          onFailure: () => close(1011),
        });
      } catch (error) {
        close(1011, error instanceof HttpProblem ? closeReason(error) : "");
      }
    },
  };
}

/** A handshake has no room for a body: the close says what is wrong, in the recorded server's spelling, if it fits. */
function closeReason({ body }: HttpProblem): string {
  const { code, message } = body as { readonly code?: string; readonly message?: string };
  const reason = code === undefined || message === undefined ? "" : `{'code': '${code}', 'message': '${message}'}`;
  return Buffer.byteLength(reason) <= MAX_REASON_BYTES ? reason : "";
}

/** What a close frame can carry. */
const MAX_REASON_BYTES = 123;

/** Reads a port of a path; throws 422 when it is not a number and 400 when it is not a port (`lifecycle.md` 5). */
export function readPort(text: string): number {
  const port = checkValue(integer(), text, ["path", "port"]);
  if (port < 1 || port > 65_535) throw problem(400, "DOCKER::INVALID_PORT", "Port must be between 1 and 65535.");
  return port;
}

function crossOriginHeaders(response: ServerResponse): Record<string, string> {
  const names = response.getHeaderNames().filter((name) => name.startsWith("access-control-") || name === "vary");
  return Object.fromEntries(names.map((name) => [name, String(response.getHeader(name))]));
}

function isRefused(error: Error): boolean {
  return "code" in error && (error.code === "ECONNREFUSED" || error.code === "ENOENT");
}

function unreachable(port: number): HttpProblem {
  const message = `Could not connect to the backend sandbox endpoint='sandbox:${port}' headers=None: All connection attempts failed`;
  return problem(502, "GENERAL::UNKNOWN_ERROR", message);
}

function proxyFailure(message: string): HttpProblem {
  return problem(500, "GENERAL::UNKNOWN_ERROR", `An internal error occurred in the proxy: ${message}`);
}

function exitedProblem(): HttpProblem {
  return problem(
    500,
    "DOCKER::NETWORK_MODE_ENDPOINT_UNAVAILABLE",
    "Container is running but has no assigned IP address.",
  );
}
