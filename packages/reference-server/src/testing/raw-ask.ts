import { connect } from "node:net";

/** What a raw request got: the first line, and whether it had all of it in time. */
export interface RawOutcome {
  readonly statusLine: string;
  readonly isEnded: boolean;
}

/** How long a client waits; what it asks ends each connection sooner. */
const PATIENCE_MS = 5_000;

/**
 * Asks for a path, or a whole address, with lines of headers, and reads the first line of whatever comes back until the
 * end; an upgrade ends for its client with the head of an answer, for what follows may stay open.
 */
export function rawAsk(address: string, target: string, headers: string, isUpgrade = false): Promise<RawOutcome> {
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
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: ${address}\r\n${headers}${isUpgrade ? UPGRADE : "Connection: close\r\n"}\r\n`,
    );
  });
}

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
