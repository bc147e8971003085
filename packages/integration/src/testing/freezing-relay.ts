import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay whose connections can die without a word, as behind a router that was switched off. */
export interface FreezingRelay {
  /** `host:port`. */
  readonly domain: string;
  /** Where connections go from now on: `host:port` on loopback. */
  leadTo(domain: string): void;
  /**
   * Passes nothing more on any connection that there is now, in neither direction, and closes none of them. Later
   * connections work.
   */
  freeze(): void;
  close(): Promise<void>;
}

/** Starts a relay; see {@link FreezingRelay.leadTo}. */
export async function startFreezingRelay(): Promise<FreezingRelay> {
  let target = "";
  const pairs = new Set<readonly [client: Socket, upstream: Socket]>();

  const server = createServer((client) => {
    const [host = "", port = ""] = target.split(":");
    const upstream = connect(Number(port), host);
    pairs.add([client, upstream]);
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    domain: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (domain) => (target = domain),
    freeze() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const pair of pairs) for (const socket of pair) socket.destroy();
      }),
  };
}
