import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay that can break a connection in the middle of an answer. */
export interface CuttingProxy {
  /** `host:port`. */
  readonly domain: string;
  /**
   * Breaks connections after so many bytes of body each, in the order given; answers without `marker` in their head do
   * not count.
   */
  cutBodiesAfter(bytes: readonly number[], marker: string): void;
  /**
   * Breaks each new connection after so many bytes of its answers, heads included; the function is asked once per
   * connection, and `undefined` lets it live.
   */
  cutConnectionsAfter(bytes: () => number | undefined): void;
  /** How many it has broken. */
  cuts(): number;
  close(): Promise<void>;
}

/** Starts a relay to a server on loopback. */
export async function startCuttingProxy(domain: string): Promise<CuttingProxy> {
  const [host = "", port = ""] = domain.split(":");
  const sockets = new Set<Socket>();
  let waiting: number[] = [];
  let marker = "";
  let cuts = 0;
  let lifeBytes = (): number | undefined => undefined;
  /** Counts the calls of `cutBodiesAfter`. */
  let round = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      // Either side may break off; the other is ended below.
      socket.on("error", () => socket.destroy());
    }
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.end());
    client.pipe(upstream);
    let left: number | undefined;
    let life = lifeBytes() ?? Infinity;
    let begunIn = round;
    upstream.on("data", (bytes: Buffer) => {
      if (bytes.length >= life) {
        cuts += 1;
        client.end(bytes.subarray(0, life));
        upstream.destroy();
        return;
      }
      life -= bytes.length;
      // A body that was shorter than its cut must not have a later answer on this connection cut, perhaps in its head.
      if (begunIn !== round) left = undefined;
      begunIn = round;
      const headEnd = bytes.indexOf("\r\n\r\n");
      let body = 0;
      if (
        left === undefined &&
        headEnd >= 0 &&
        bytes.subarray(0, headEnd).toString("latin1").toLowerCase().includes(marker) &&
        waiting.length > 0
      ) {
        left = waiting.shift();
        body = headEnd + 4;
      }
      if (left === undefined || bytes.length - body < left) {
        if (left !== undefined) left -= bytes.length - body;
        if (!client.write(bytes)) upstream.pause();
        return;
      }
      cuts += 1;
      // A clean end lets what was written arrive, which a reset would throw away.
      client.end(bytes.subarray(0, body + left));
      left = undefined;
      upstream.destroy();
    });
    client.on("drain", () => upstream.resume());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    domain: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutBodiesAfter(bytes, inHead) {
      round += 1;
      waiting = [...bytes];
      marker = inHead;
    },
    cutConnectionsAfter(bytes) {
      lifeBytes = bytes;
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
