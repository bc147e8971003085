import { hostileService, nodeCommand, pathFor } from "./hostile-service.js";
import { rawAsk, type RawOutcome } from "./raw-ask.js";
import type { SandboxCalls } from "./sandbox-calls.js";

/** A service of a sandbox in the place of the sandbox's daemon. */
export interface HostileDaemon {
  /** Asks through the server proxy or the direct listener, as a plain request or as an upgrade, for `bytes`. */
  ask(way: string, bytes: Buffer, isUpgrade?: boolean): Promise<RawOutcome>;
}

/** Names of the ways to a {@link HostileDaemon}. */
export const DAEMON_WAYS: readonly string[] = ["the server proxy", "the direct listener"];

// The socket of the very process that runs this command: another server of the machine must not be met.
const FIND_SOCKET = `
const fs = require("fs");
let pid = process.ppid, found;
while (pid > 1 && found === undefined) {
  const inodes = fs.readdirSync("/proc/" + pid + "/fd").flatMap((fd) => { try { return [fs.readlinkSync("/proc/" + pid + "/fd/" + fd)]; } catch { return []; } });
  for (const line of fs.readFileSync("/proc/net/unix", "utf8").split("\\n")) {
    const fields = line.trim().split(/ +/);
    if (fields.length === 8 && fields[7].endsWith("/e.sock") && inodes.includes("socket:[" + fields[6] + "]")) found = fields[7];
  }
  pid = Number(/^PPid:\\t(\\d+)/m.exec(fs.readFileSync("/proc/" + pid + "/status", "utf8"))[1]);
}
process.stdout.write(found + "\\n");`;

/**
 * Replaces the Unix socket of a sandbox's daemon by a hostile service, as a command can that sees the socket: that of
 * the process driver.
 */
export async function hostileDaemon(
  server: SandboxCalls & { readonly domain: string; readonly directAddress: string; readonly apiKey: string },
  id: string,
): Promise<HostileDaemon> {
  const path = (await server.run(id, nodeCommand(FIND_SOCKET))).trim();
  if (!path.endsWith("/e.sock")) throw new Error(`no socket of the daemon: ${path}`);
  const { endpoint } = JSON.parse((await server.call("GET", `/v1/sandboxes/${id}/endpoints/44772`)).text) as {
    readonly endpoint: string;
  };
  const command = `rm ${path} && ${hostileService(JSON.stringify(path))}`;
  await server.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command, background: true });
  const ways: Readonly<
    Record<string, { readonly address: string; readonly prefix: string; readonly headers: string }>
  > = {
    "the server proxy": {
      address: server.domain,
      prefix: `/sandboxes/${id}/proxy/44772`,
      headers: `OPEN-SANDBOX-API-KEY: ${server.apiKey}\r\n`,
    },
    "the direct listener": {
      address: server.directAddress,
      prefix: endpoint.slice(endpoint.indexOf("/")),
      headers: "",
    },
  };
  const ask = (way: string, bytes: Buffer, isUpgrade = false): Promise<RawOutcome> => {
    const { address, prefix, headers } = ways[way] ?? { address: "", prefix: "", headers: "" };
    return rawAsk(address, `${prefix}${pathFor(bytes)}`, headers, isUpgrade);
  };
  for (
    let tries = 0;
    tries < 100 && (await ask("the server proxy", Buffer.alloc(0))).statusLine !== "HTTP/1.1 200 OK";
    tries++
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { ask };
}
