import { connect } from "node:net";
import type { SandboxCalls } from "./sandbox-calls.js";

/** What a raw request got: the first line, and whether it had all of it in time. */
export interface RawOutcome {
  readonly statusLine: string;
  readonly isEnded: boolean;
}

/** A service in a sandbox that answers with the very bytes that its path names, and the ways to it. */
export interface HostilePeer {
  /** Names of the ways, each with another proxy in between. */
  readonly ways: readonly string[];
  /** Asks by one of the ways, as a plain request or as an upgrade, for `bytes`. */
  ask(way: string, bytes: Buffer, isUpgrade?: boolean): Promise<RawOutcome>;
}

/** How long a client waits; the service ends each connection sooner. */
const PATIENCE_MS = 5_000;

// The bytes stand in the path as hexadecimal digits after "/x"; "/h<n>" is a head of n kilobytes, "/i<n>" are n interim answers.
const SERVICE = `
const net = require("net");
net.createServer((socket) => {
  socket.on("error", () => {});
  let head = "";
  socket.on("data", function read(data) {
    head += data.toString("latin1");
    const end = head.indexOf("\\r\\n\\r\\n");
    if (end < 0) return;
    socket.off("data", read).resume();
    const [, kind, text] = /\\/([xhi])([0-9a-f]*)/.exec(head.split(" ")[1]) ?? [];
    if (kind === "x") socket.end(Buffer.from(text, "hex"));
    else if (kind === "h") socket.end("HTTP/1.1 200 OK\\r\\nx: " + "y".repeat(1024 * Number(text)) + "\\r\\n\\r\\n");
    else if (kind === "i") socket.end("HTTP/1.1 100 Continue\\r\\n\\r\\n".repeat(Number(text)) + "HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n");
    else socket.end("HTTP/1.1 200 OK\\r\\ncontent-length: 8\\r\\nconnection: close\\r\\n\\r\\ninnocent");
  });
}).listen(0, "127.0.0.1", function () { require("fs").writeFileSync("hostile-port", String(this.address().port)); });
`;

/** Starts the service in a sandbox that has an egress policy. */
export async function hostilePeer(server: SandboxCalls & { readonly domain: string; readonly directAddress: string; readonly apiKey: string }, id: string): Promise<HostilePeer> {
  const command = `exec node -e "$(echo ${Buffer.from(SERVICE).toString("base64")} | base64 -d)"`;
  await server.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command, background: true });
  const port = (await server.run(id, "for i in $(seq 200); do test -s hostile-port && break; sleep 0.05; done; cat hostile-port")).trim();
  const endpoint = async (of: string): Promise<string> => {
    const answer = await server.call("GET", `/v1/sandboxes/${id}/endpoints/${of}`);
    const { endpoint: address } = JSON.parse(answer.text) as { readonly endpoint: string };
    return address.slice(address.indexOf("/"));
  };
  const proxy = new URL((await server.run(id, "echo $HTTP_PROXY")).trim());
  const credentials = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
  const ways: Readonly<Record<string, { readonly address: string; readonly prefix: string; readonly headers: string }>> = {
    "the server proxy": { address: server.domain, prefix: `/sandboxes/${id}/proxy/${port}`, headers: `OPEN-SANDBOX-API-KEY: ${server.apiKey}\r\n` },
    "the direct listener": { address: server.directAddress, prefix: await endpoint(port), headers: "" },
    "the daemon's port proxy": { address: server.directAddress, prefix: `${await endpoint("44772")}/proxy/${port}`, headers: "" },
    "the egress proxy": { address: proxy.host, prefix: `http://127.0.0.1:${port}`, headers: `Proxy-Authorization: Basic ${credentials}\r\n` },
  };
  return {
    ways: Object.keys(ways),
    ask(way, bytes, isUpgrade = false) {
      const { address, prefix, headers } = ways[way] ?? { address: "", prefix: "", headers: "" };
      const upgrade = isUpgrade ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" : "Connection: close\r\n";
      const path = bytes.length > 0 && bytes[0] === SPECIAL ? bytes.subarray(1).toString("latin1") : bytes.length === 0 ? "" : `x${bytes.toString("hex")}`;
      return rawAsk(address, isUpgrade, `GET ${prefix}/${path} HTTP/1.1\r\nHost: ${address}\r\n${headers}${upgrade}\r\n`);
    },
  };
}

const SPECIAL = 0;

/** A head of so many kilobytes, for {@link HostilePeer.ask}. */
export function hugeHead(kilobytes: number): Buffer {
  return Buffer.from(`\0h${kilobytes}`, "latin1");
}

/** So many interim answers before one that is final, for {@link HostilePeer.ask}. */
export function interimStorm(count: number): Buffer {
  return Buffer.from(`\0i${count}`, "latin1");
}

/** An upgrade ends for its client with the head of an answer: what follows may stay open. */
function rawAsk(address: string, isUpgrade: boolean, text: string): Promise<RawOutcome> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let got = "";
    const finish = (isEnded: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ statusLine: got.split("\r\n")[0] ?? "", isEnded });
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    socket.setEncoding("latin1").on("data", (part: string) => {
      got = (got + part).slice(0, 1024);
      if (isUpgrade && got.includes("\r\n\r\n")) finish(true);
    });
    socket.on("error", () => undefined);
    socket.on("end", () => finish(true));
    socket.on("close", () => finish(true));
    socket.write(text);
  });
}
