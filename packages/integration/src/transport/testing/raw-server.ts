import { createServer, type AddressInfo, type Server, type ServerOpts, type Socket } from "node:net";

/** A TCP server that a spec scripts byte by byte. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Every connection so far. */
  readonly sockets: readonly Socket[];
  open(): number;
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of the loopback interface; `onRequest` gets each whole request whose head is there.
 */
export async function startRawServer(
  onRequest: (socket: Socket, request: string, nth: number) => void,
  options: ServerOpts = {},
): Promise<RawServer> {
  const sockets: Socket[] = [];
  let requests = 0;
  const server: Server = createServer(options, (socket) => {
    sockets.push(socket);
    let received = "";
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      for (;;) {
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        const request = received.slice(0, end + 4 + length);
        received = received.slice(end + 4 + length);
        onRequest(socket, request, ++requests);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sockets,
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A whole answer with a length. */
export function answer(body: string, head = "200 OK"): string {
  return `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
