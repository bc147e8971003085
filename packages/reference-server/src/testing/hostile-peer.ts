import { hostileService, pathFor } from "./hostile-service.js";
import { rawAsk, type RawOutcome } from "./raw-ask.js";
import type { SandboxCalls } from "./sandbox-calls.js";

/** A service in a sandbox that answers with the very bytes that its path names, and the ways to it. */
export interface HostilePeer {
  /** Asks by one of {@link HOSTILE_WAYS}, as a plain request or as an upgrade, for `bytes`. */
  ask(way: string, bytes: Buffer, isUpgrade?: boolean): Promise<RawOutcome>;
  /** Asks the egress proxy for an address. */
  askEgress(url: string): Promise<RawOutcome>;
}

/** Names of the ways to a {@link HostilePeer}, each with another proxy in between. */
export const HOSTILE_WAYS: readonly string[] = [
  "the server proxy",
  "the direct listener",
  "the daemon's port proxy",
  "the egress proxy",
];

/** Starts the service in a sandbox that has an egress policy. */
export async function hostilePeer(
  server: SandboxCalls & { readonly domain: string; readonly directAddress: string; readonly apiKey: string },
  id: string,
): Promise<HostilePeer> {
  const command = hostileService(
    '0, "127.0.0.1", function () { require("fs").writeFileSync("hostile-port", String(this.address().port)); }',
  );
  await server.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command, background: true });
  const port = (
    await server.run(id, "for i in $(seq 200); do test -s hostile-port && break; sleep 0.05; done; cat hostile-port")
  ).trim();
  const endpoint = async (of: string): Promise<string> => {
    const answer = await server.call("GET", `/v1/sandboxes/${id}/endpoints/${of}`);
    const { endpoint: address } = JSON.parse(answer.text) as { readonly endpoint: string };
    return address.slice(address.indexOf("/"));
  };
  const proxy = new URL((await server.run(id, "echo $HTTP_PROXY")).trim());
  const credentials = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
  const ways: Readonly<
    Record<string, { readonly address: string; readonly prefix: string; readonly headers: string }>
  > = {
    "the server proxy": {
      address: server.domain,
      prefix: `/sandboxes/${id}/proxy/${port}`,
      headers: `OPEN-SANDBOX-API-KEY: ${server.apiKey}\r\n`,
    },
    "the direct listener": { address: server.directAddress, prefix: await endpoint(port), headers: "" },
    "the daemon's port proxy": {
      address: server.directAddress,
      prefix: `${await endpoint("44772")}/proxy/${port}`,
      headers: "",
    },
    "the egress proxy": {
      address: proxy.host,
      prefix: `http://127.0.0.1:${port}`,
      headers: `Proxy-Authorization: Basic ${credentials}\r\n`,
    },
  };
  const credited = `Proxy-Authorization: Basic ${credentials}\r\n`;
  return {
    ask(way, bytes, isUpgrade = false) {
      const { address, prefix, headers } = ways[way] ?? { address: "", prefix: "", headers: "" };
      return rawAsk(address, `${prefix}${pathFor(bytes)}`, headers, isUpgrade);
    },
    askEgress: (url) => rawAsk(proxy.host, url, credited),
  };
}
