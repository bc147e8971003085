import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { refuseSocket } from "../../shared/forwarding/refuse-socket.js";
import type { TrafficRules } from "../sidecar.js";
import type { HostAndPort } from "./host-and-port.js";
import { isHostAllowed } from "./judge-host.js";
import { machineRefusal, MACHINE_REFUSED } from "./machine-address.js";
import type { FindRoute } from "./route.js";

const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Joins a sandbox's connection with the host that it asked for by `CONNECT`, if the policy allows that host. What is
 * inside is not looked at.
 */
export function forwardTunnel(
  client: Duplex,
  head: Buffer,
  target: HostAndPort,
  rules: TrafficRules,
  findRoute: FindRoute,
): void {
  if (!isHostAllowed(rules.policy(), target.host))
    return refuseTunnel(client, 403, `egress policy denies ${target.host.toLowerCase()}`);
  const route = findRoute(target);
  if (route === undefined) return refuseTunnel(client, 403, machineRefusal(target.host));
  const server = connect({ ...route });
  const timer = setTimeout(() => server.destroy(new Error("timed out while connecting")), CONNECT_TIMEOUT_MS);
  let isJoined = false;
  server.once("connect", () => {
    clearTimeout(timer);
    isJoined = true;
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) server.write(head);
    server.pipe(client);
    client.pipe(server);
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    if (isJoined) client.destroy();
    else if (error.code === MACHINE_REFUSED) refuseTunnel(client, 403, machineRefusal(target.host));
    else refuseTunnel(client, 502, `no connection to ${target.host}: ${error.code ?? "connection failed"}`);
  });
  client.on("error", () => server.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => {
    if (isJoined) client.end(() => client.destroy());
  });
}

/** Refuses a tunnel. */
export function refuseTunnel(
  client: Duplex,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  refuseSocket(client, status, { ...headers, "content-type": "text/plain; charset=utf-8" }, `${text}\n`);
}
