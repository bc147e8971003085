import { connect, createServer } from "node:net";
import { joinConnections } from "../../shared/forwarding/join-connections.js";
import type { ExecdConfig } from "../../shared/execd-config.js";

/** Connections that a sandbox has to its proxy at once. */
const MAX_TUNNELS = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Listens on a port of the sandbox's own loopback interface and passes each connection on to the Unix socket of the
 * server's egress proxy: a network namespace ends at its interfaces, and a Unix socket does not. Returns what closes
 * it.
 */
export async function openProxyGate({
  proxyPort,
  proxySocketPath,
}: NonNullable<ExecdConfig["network"]>): Promise<() => void> {
  const gate = createServer((client) => {
    const proxy = connect(proxySocketPath);
    client.on("error", () => proxy.destroy());
    proxy.on("error", () => client.destroy());
    joinConnections(client, NOTHING, proxy, NOTHING);
  });
  gate.maxConnections = MAX_TUNNELS;
  await new Promise<void>((resolve, reject) => {
    gate.once("error", reject);
    gate.listen(proxyPort, "127.0.0.1", () => resolve());
  });
  return () => void gate.close();
}
