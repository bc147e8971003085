import { connect, type Socket } from "node:net";
import type { FuzzTarget } from "./fuzz-targets.js";
import type { HostileBytes } from "./hostile-bytes.js";
import { play } from "./play.js";

/** How long a client waits for an answer or an end. */
const PATIENCE_MS = 15_000;
const IN_PARALLEL = 32;

/** What a client got: a status, `cut` for an end without one, `open` for neither in time. */
export type Outcome = number | "cut" | "open";

/** Runs cases, many at once; a case that fails names itself and those that ran with it. */
export async function runCases(
  first: number,
  count: number,
  run: (index: number) => Promise<Outcome>,
): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>();
  const running = new Set<number>();
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < first + count) {
      const index = next++;
      running.add(index);
      const outcome = await run(index);
      if (outcome === "open")
        throw new Error(
          `case ${index} got neither an answer nor an end in ${PATIENCE_MS} ms (with it ran ${[...running].join(", ")})`,
        );
      running.delete(index);
      const name = String(outcome);
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: IN_PARALLEL }, worker));
  return new Map([...outcomes].toSorted(([a], [b]) => a.localeCompare(b)));
}

/**
 * Asks as an innocent client for the path of a case: plainly, with a body, or for an upgrade, which is left after its
 * first bytes.
 */
export function askInnocently({ address, prefix, headers }: FuzzTarget, path: string, index: number): Promise<Outcome> {
  const isUpgrade = index % 4 === 3;
  const isUpload = index % 4 === 2;
  const head = `${isUpload ? "POST" : "GET"} ${prefix}/${path} HTTP/1.1\r\nHost: ${address}\r\n${headers}${isUpgrade ? UPGRADE : "Connection: close\r\n"}`;
  // The second half of the body comes after an answer that does not wait for it.
  const pieces = isUpload
    ? [Buffer.from(`${head}Content-Length: 60000\r\n\r\n`), Buffer.alloc(30_000), Buffer.alloc(30_000)]
    : [Buffer.from(`${head}\r\n`)];
  return exchange(address, isUpgrade, (socket) => {
    for (const piece of pieces) socket.write(piece);
  });
}

/** Sends what a hostile client sends, and waits for the end. */
export function sendHostile({ address }: FuzzTarget, bytes: HostileBytes): Promise<Outcome> {
  return exchange(address, false, (socket) => play(socket, bytes));
}

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

function exchange(address: string, isUpgrade: boolean, send: (socket: Socket) => void): Promise<Outcome> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    let got = "";
    const finish = (isEnded: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(got)?.[1];
      resolve(status === undefined ? (isEnded ? "cut" : "open") : isEnded || isUpgrade ? Number(status) : "open");
    };
    const timer = setTimeout(finish, PATIENCE_MS, false);
    socket.setEncoding("latin1").on("data", (part: string) => {
      if (got.length < 4096) got += part;
      if (isUpgrade && got.includes("\r\n\r\n")) finish(true);
    });
    socket.on("error", () => undefined);
    socket.on("end", () => finish(true));
    socket.on("close", () => finish(true));
    send(socket);
  });
}
