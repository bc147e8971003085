import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { guardedServer } from "../../forwarding/guarded-server.js";
import { closeServer, listenOnLoopback } from "../../http/listen-on-loopback.js";
import type { EnforceableSidecar } from "../enforceable-sidecar.js";
import { forwardPlain } from "./forward-plain.js";
import { forwardTunnel, refuseTunnel } from "./forward-tunnel.js";
import { type HostAndPort, readHostAndPort } from "./host-and-port.js";
import { proxyEnvironment } from "./proxy-environment.js";
import { refuseTraffic } from "./refuse-traffic.js";

/** A sandbox's way through the proxy. */
export interface EgressPassage {
  /** Variables for the sandbox's processes; they hold a token that opens this passage only. */
  readonly environment: Readonly<Record<string, string>>;
  /** Closes the passage and what goes through it. */
  close(): void;
}

/** A forward proxy on this machine for all sandboxes with a policy. */
export interface EgressProxy {
  /** Opens a passage that asks `sidecar` what may go through. */
  open(sidecar: EnforceableSidecar): EgressPassage;
  close(): Promise<void>;
}

/** How the proxy connects. */
export interface EgressProxyOptions {
  /** Names, in lower case, that live elsewhere: the address as `host` or `host:port`. */
  readonly upstreams: Readonly<Record<string, string>>;
}

/**
 * Starts a proxy that enforces egress policies and vaults for programs that take a proxy from their environment.
 *
 * A program that opens connections by itself is not held up: that takes a network namespace, which this server does not have.
 */
export async function startEgressProxy({ upstreams }: EgressProxyOptions): Promise<EgressProxy> {
  const passages = new Map<string, { readonly sidecar: EnforceableSidecar; readonly sockets: Set<Socket> }>();
  // Names are the sandbox's: a map knows no inherited ones.
  const addresses = new Map(Object.entries(upstreams));
  const upstream = (target: HostAndPort): HostAndPort => {
    const other = addresses.get(target.host.toLowerCase().replace(/\.$/, ""));
    return (other !== undefined && readHostAndPort(other, target.port)) || target;
  };
  const passageOf = (request: IncomingMessage): EnforceableSidecar | undefined => {
    const passage = passages.get(tokenOf(request));
    if (passage === undefined) return undefined;
    const { socket } = request;
    if (!passage.sockets.has(socket)) {
      passage.sockets.add(socket);
      socket.once("close", () => passage.sockets.delete(socket));
    }
    return passage.sidecar;
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const sidecar = passageOf(request);
    if (sidecar === undefined) return refuseTraffic(response, 407, "this proxy is for sandboxes only", { "proxy-authenticate": CHALLENGE });
    const target = absoluteUrl(request.url ?? "");
    if (target === undefined) return refuseTraffic(response, 400, "not a request to a proxy");
    forwardPlain(request, response, target, sidecar, upstream);
  };
  const onConnect = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const sidecar = passageOf(request);
    if (sidecar === undefined) return refuseTunnel(socket, 407, "this proxy is for sandboxes only", { "proxy-authenticate": CHALLENGE });
    const target = readHostAndPort(request.url ?? "", 443);
    if (target === undefined) return refuseTunnel(socket, 400, "not an address");
    forwardTunnel(socket, head, target, sidecar, upstream);
  };
  const server = guardedServer({ onRequest, onConnect });
  await listenOnLoopback(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    open(sidecar) {
      const token = randomBytes(24).toString("base64url");
      const sockets = new Set<Socket>();
      passages.set(token, { sidecar, sockets });
      return {
        environment: proxyEnvironment(`http://${USER}:${token}@127.0.0.1:${port}`),
        close() {
          passages.delete(token);
          for (const socket of sockets) socket.destroy();
        },
      };
    },
    async close() {
      for (const { sockets } of passages.values()) for (const socket of sockets) socket.destroy();
      passages.clear();
      await closeServer(server);
    },
  };
}

const USER = "sandbox";
const CHALLENGE = 'Basic realm="egress"';

function tokenOf(request: IncomingMessage): string {
  const [scheme = "", text = ""] = (request.headers["proxy-authorization"] ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return "";
  const [user, token = ""] = Buffer.from(text, "base64").toString("latin1").split(":");
  return user === USER ? token : "";
}

function absoluteUrl(text: string): URL | undefined {
  if (!/^http:\/\//i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
