import { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../shared/clock.js";
import { type BrowserGuardOptions, browserRefusal } from "../http/browser-guard.js";
import { allowOrigin, answerPreflight } from "../http/cors.js";
import { guardedServer } from "../../shared/forwarding/guarded-server.js";
import { listenOnLoopback } from "../../shared/listen-on-loopback.js";
import type { SandboxRecord } from "../lifecycle/sandbox-record.js";
import type { SandboxRegistry } from "../lifecycle/sandbox-registry.js";
import type { EndpointTokens } from "./endpoint-tokens.js";
import type { RouteSignatures } from "./route-signatures.js";
import { forwardRequest } from "./forward-request.js";
import { forwardUpgrade, refuseUpgrade } from "./forward-upgrade.js";
import { requestHeadersToSandbox } from "./proxied-headers.js";
import { EXECD_PORT } from "../../shared/ports.js";
import { afterPause, sandboxTarget, type SandboxTarget } from "./sandbox-target.js";

/** The listener of the direct endpoints, on a port of its own. */
export interface DirectListener {
  readonly server: Server;
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** The address of one port of one sandbox, its token included. */
  endpointOf(sandboxId: string, port: number): string;
  /** The same by a signed route, which is good until a second of the clock; absent where they are off. */
  readonly signedEndpointOf?: (sandboxId: string, port: number, expires: bigint) => string;
}

/** What the direct listener works with. */
export interface DirectListenerParts {
  readonly port: number;
  readonly registry: SandboxRegistry;
  readonly tokens: EndpointTokens;
  /** Absent where signed routes are off: a signature is short, so that none must be tried. */
  readonly signatures?: RouteSignatures | undefined;
  /** By it signed routes expire. */
  readonly clock: Pick<Clock, "now">;
  /** False leaves out the daemon's root (fault `no-daemon-root`). */
  readonly hasDaemonRoot: boolean;
  readonly guard: Omit<BrowserGuardOptions, "port">;
  /** Gets what went wrong while a request was answered. */
  readonly onThrow: (error: unknown) => void;
}

const ROUTE = /^\/([^/?]+)\/([^/?]+)\/proxy\/(\d{1,5})((?:[/?].*)?)$/;
const ROOT_ROUTE = /^\/([^/?]+)\/([^/?]+)((?:[/?].*)?)$/;
const SIGNED_ROUTE = /^\/([^/?]+)\/(\d{1,5})\/([^/?]+)\/([^/?]+)((?:[/?].*)?)$/;
const REFUSED = { code: "INVALID_ENDPOINT_TOKEN", message: "This address is not, or no longer, that of a sandbox." };

interface Located {
  readonly record: SandboxRecord;
  readonly target: SandboxTarget;
  readonly path: string;
  /** Whether the daemon is asked through its own proxy, not at its root. */
  readonly isOwnProxy: boolean;
}

/** Why an address leads nowhere; a gateway says it as text (`lifecycle.md` 5.1). */
interface Unlocated {
  readonly status: number;
  readonly text?: string;
}

/**
 * Starts the direct endpoints: `/{sandbox}/{token}/proxy/{port}/…`, with the daemon's token its root
 * `/{sandbox}/{token}/…` too, and, as of a gateway, `/{sandbox}/{port}/{expires}/{signature}/…`.
 *
 * Token and signature are the only authority here; a wrong token and an unknown sandbox look the same.
 */
export async function directListener(parts: DirectListenerParts): Promise<DirectListener> {
  const { signatures } = parts;
  const find = (id: string, port: number, rest: string, isOwnProxy = false): Located | undefined => {
    const record = parts.registry.all().find((candidate) => candidate.id === id);
    return (
      record && {
        record,
        target: sandboxTarget(record, port),
        path: rest.startsWith("/") ? rest : `/${rest}`,
        isOwnProxy,
      }
    );
  };
  const locate = (url: string): Located | Unlocated => {
    const signed = ROUTE.test(url) ? null : SIGNED_ROUTE.exec(url);
    if (signed !== null && signatures !== undefined) {
      const [, sandboxId = "", portText = "", expires = "", signature = "", rest = ""] = signed;
      const port = Number(portText);
      const fault = signatures.check({ sandboxId, port, expires, signature }, parts.clock.now());
      if (fault !== undefined) return { status: fault.status, text: `OpenSandbox Ingress: ${fault.reason}` };
      return find(sandboxId, port, rest) ?? { status: 404, text: "OpenSandbox Ingress: sandbox not found" };
    }
    const proxied = ROUTE.exec(url);
    if (proxied !== null) {
      const [, id = "", token = "", portText = "", rest = ""] = proxied;
      const port = Number(portText);
      return (
        (parts.tokens.isValid(token, id, port) ? find(id, port, rest, port === EXECD_PORT) : undefined) ?? {
          status: 401,
        }
      );
    }
    const [, id = "", token = "", rest = ""] = ROOT_ROUTE.exec(url) ?? [];
    return (
      (parts.hasDaemonRoot && parts.tokens.isValid(token, id, EXECD_PORT) ? find(id, EXECD_PORT, rest) : undefined) ?? {
        status: 401,
      }
    );
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = browserRefusal(request.headers, { ...parts.guard, port: portOf(server) });
    if (refusal !== undefined) return answerJson(response, 403, refusal);
    allowOrigin(request, response);
    if (answerPreflight(request, response)) return;
    const found = locate(request.url ?? "/");
    if ("status" in found)
      return found.text === undefined
        ? answerJson(response, found.status, REFUSED)
        : answerText(response, found.status, found.text);
    const { record, target, path, isOwnProxy } = found;
    const fail = (): void => answerText(response, 502, "Bad Gateway\n");
    if (target.kind === "exited" || target.kind === "closed") return fail();
    if (target.kind === "sidecar") {
      response.once(
        "close",
        afterPause(record, () => target.sidecar.handle(request, response, path), fail),
      );
      return;
    }
    // The worker does not see this connection: it may take for kept alive only what is kept alive here (fault
    // `proxied-run-lost`).
    const hop = isOwnProxy && response.shouldKeepAlive ? `/proxy/${EXECD_PORT}` : "";
    const crossOrigin = response.getHeaders();
    const hasBody =
      request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
    forwardRequest(request, response, {
      socketPath: record.handle.socketPath,
      path: `${target.prefix}${hop}${path}`,
      headers: requestHeadersToSandbox(request, { isServerProxy: false, hasBody }),
      hasBody,
      ownHeaders: Object.fromEntries(Object.entries(crossOrigin).map(([name, value]) => [name, String(value)])),
      onFailure: fail,
    });
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = browserRefusal(request.headers, { ...parts.guard, port: portOf(server) });
    if (refusal !== undefined) return refuseUpgrade(socket, 403, refusal);
    const found = locate(request.url ?? "/");
    if ("status" in found)
      return refuseUpgrade(socket, found.status, found.text === undefined ? REFUSED : { message: found.text });
    const { record, target, path } = found;
    const fail = (): void => refuseUpgrade(socket, 502, { code: "GENERAL::UNKNOWN_ERROR", message: "Bad Gateway" });
    if (target.kind !== "worker") return fail();
    forwardUpgrade(request, socket, head, {
      socketPath: record.handle.socketPath,
      path: `${target.prefix}${path}`,
      headers: requestHeadersToSandbox(request, { isServerProxy: false, hasBody: false }),
      onRefused(answer) {
        answer.resume();
        refuseUpgrade(socket, answer.statusCode ?? 502, { message: "The sandbox refused the upgrade." });
      },
      onFailure: fail,
    });
  };
  const server: Server = guardedServer({ onRequest, onUpgrade, onThrow: parts.onThrow });
  await listenOnLoopback(server, parts.port);
  const address = `127.0.0.1:${portOf(server)}`;
  return {
    server,
    address,
    endpointOf: (sandboxId, port) => `${address}/${sandboxId}/${parts.tokens.tokenFor(sandboxId, port)}/proxy/${port}`,
    ...(signatures !== undefined && {
      signedEndpointOf: (sandboxId: string, port: number, expires: bigint) =>
        `${address}/${sandboxId}/${port}${signatures.sign(sandboxId, port, expires)}`,
    }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(text);
}
