import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { guardedServer } from "../../shared/forwarding/guarded-server.js";
import { closeServer, listenOnLoopback } from "../../shared/listen-on-loopback.js";
import type { TrafficRules } from "../sidecar.js";
import { PROXY_PORT } from "../../shared/ports.js";
import { openEntrance } from "./entrance.js";
import { forwardPlain } from "./forward-plain.js";
import { forwardTunnel, refuseTunnel } from "./forward-tunnel.js";
import { type HostAndPort, readHostAndPort } from "./host-and-port.js";
import { isMachineAddress, lookupElsewhere } from "./machine-address.js";
import { proxyEnvironment } from "./proxy-environment.js";
import { refuseTraffic } from "./refuse-traffic.js";
import type { FindRoute } from "./route.js";

/** A sandbox's way through the proxy. */
export interface EgressPassage {
  /** Variables for the sandbox's processes; they hold a token that opens this passage only. */
  readonly environment: Readonly<Record<string, string>>;
  /** Closes the passage and what goes through it. */
  close(): void;
}

/** A forward proxy on this machine for sandboxes. */
export interface EgressProxy {
  /** Opens a passage for a sandbox that shares the machine's network, and so reaches this machine anyway. */
  open(rules: TrafficRules): EgressPassage;
  /**
   * Opens a passage for a sandbox with a network of its own, by a Unix socket: what comes there leads to no address of
   * this machine, but for `upstreams`. The variables name {@link PROXY_PORT}, on which the sandbox's daemon passes
   * connections on to that socket.
   */
  openOwn(rules: TrafficRules, socketPath: string): Promise<EgressPassage>;
  close(): Promise<void>;
}

/** How the proxy connects. */
export interface EgressProxyOptions {
  /** Names, in lower case, that live elsewhere: the address as `host` or `host:port`. */
  readonly upstreams: Readonly<Record<string, string>>;
}

interface Passage {
  readonly rules: TrafficRules;
  readonly findRoute: FindRoute;
  readonly sockets: Set<Socket>;
}

/**
 * Starts a proxy that enforces egress policies and vaults. A sandbox with a network of its own has no other way out; in
 * one that shares the machine's network, a program that opens connections by itself is not held up.
 */
export async function startEgressProxy({ upstreams }: EgressProxyOptions): Promise<EgressProxy> {
  const passages = new Map<string, Passage>();
  const entrances = new Set<Server>();
  // Names are the sandbox's: a map knows no inherited ones.
  const addresses = new Map(Object.entries(upstreams));
  const upstream = (target: HostAndPort): HostAndPort | undefined => {
    const other = addresses.get(target.host.toLowerCase().replace(/\.$/, ""));
    return other === undefined ? undefined : readHostAndPort(other, target.port);
  };
  const anywhere: FindRoute = (target) => upstream(target) ?? target;
  const elsewhere: FindRoute = (target) =>
    upstream(target) ?? (isMachineAddress(target.host) ? undefined : { ...target, lookup: lookupElsewhere });
  const passageOf = (request: IncomingMessage): Passage | undefined => {
    const passage = passages.get(tokenOf(request));
    if (passage === undefined) return undefined;
    const { socket } = request;
    if (!passage.sockets.has(socket)) {
      passage.sockets.add(socket);
      socket.once("close", () => passage.sockets.delete(socket));
    }
    return passage;
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const passage = passageOf(request);
    if (passage === undefined)
      return refuseTraffic(response, 407, "this proxy is for sandboxes only", { "proxy-authenticate": CHALLENGE });
    const target = absoluteUrl(request.url ?? "");
    if (target === undefined) return refuseTraffic(response, 400, "not a request to a proxy");
    forwardPlain(request, response, target, passage.rules, passage.findRoute);
  };
  const onConnect = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const passage = passageOf(request);
    if (passage === undefined)
      return refuseTunnel(socket, 407, "this proxy is for sandboxes only", { "proxy-authenticate": CHALLENGE });
    const target = readHostAndPort(request.url ?? "", 443);
    if (target === undefined) return refuseTunnel(socket, 400, "not an address");
    forwardTunnel(socket, head, target, passage.rules, passage.findRoute);
  };
  const server = guardedServer({ onRequest, onConnect });
  await listenOnLoopback(server, 0);
  const { port } = server.address() as AddressInfo;
  const admit = (rules: TrafficRules, findRoute: FindRoute, proxyPort: number): EgressPassage => {
    const token = randomBytes(24).toString("base64url");
    const sockets = new Set<Socket>();
    passages.set(token, { rules, findRoute, sockets });
    return {
      environment: proxyEnvironment(`http://${USER}:${token}@127.0.0.1:${proxyPort}`),
      close() {
        passages.delete(token);
        for (const socket of sockets) socket.destroy();
      },
    };
  };
  return {
    open: (rules) => admit(rules, anywhere, port),
    async openOwn(rules, socketPath) {
      const entrance = await openEntrance(socketPath, server);
      entrances.add(entrance);
      const { environment, close } = admit(rules, elsewhere, PROXY_PORT);
      return {
        environment,
        close() {
          entrances.delete(entrance);
          entrance.close();
          close();
        },
      };
    },
    async close() {
      for (const entrance of entrances) entrance.close();
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
