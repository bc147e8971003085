import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay to a server on loopback whose connections can be cut. */
export interface CuttingRelay {
  /** `host:port`. */
  readonly domain: string;
  /** Where connections go from now on: `host:port`. */
  leadTo(target: string): void;
  /** Resets every connection, and each new one until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Starts a relay; see {@link CuttingRelay.leadTo}. */
export async function startCuttingRelay(): Promise<CuttingRelay> {
  let target = "";
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.on("error", () => undefined).resetAndDestroy();
    const [host = "", port = ""] = target.split(":");
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    domain: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (domain) => (target = domain),
    cut() {
      isCut = true;
      reset();
    },
    mend: () => (isCut = false),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        reset();
      }),
  };
}
