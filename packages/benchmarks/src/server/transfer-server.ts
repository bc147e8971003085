import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const PIECE = Buffer.alloc(1024 * 1024, "0123456789abcde\n");

/** A daemon that only moves bytes: it keeps none of what it gets and has none of what it sends. */
export interface TransferServer {
  /** `host:port`. */
  readonly domain: string;
  close(): Promise<void>;
}

/**
 * Starts the file routes of a daemon below `/proxy/44772` on loopback. A path ends in the number of bytes that the file
 * has, so that an upload is refused that brings fewer.
 */
export async function startTransferServer(): Promise<TransferServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://bench");
    if (pathname.endsWith("/files/download")) send(response, sizeIn(searchParams.get("path") ?? ""));
    else if (pathname.endsWith("/files/upload")) receive(request, response);
    else response.end();
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    domain: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function sizeIn(path: string): number {
  return Number(/\d+$/.exec(path)?.[0] ?? 0);
}

function send(response: ServerResponse, size: number): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
  let left = size;
  const next = (): void => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!response.write(piece)) return void response.once("drain", next);
    }
    response.end();
  };
  next();
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  let size = 0;
  let expected: number | undefined;
  let head = "";
  let tail: Buffer = Buffer.alloc(0);
  request.on("data", (bytes: Buffer) => {
    size += bytes.length;
    // The metadata part comes first and is small.
    if (expected === undefined) {
      head += bytes.subarray(0, 4096).toString("latin1");
      const path = /"path":"([^"]*)"/.exec(head)?.[1];
      if (path !== undefined) expected = sizeIn(path);
    }
    tail = bytes.length >= 64 ? bytes.subarray(-64) : Buffer.concat([tail, bytes]).subarray(-64);
  });
  request.on("end", () => {
    const isWhole = expected !== undefined && size > expected && /--\s*$/.test(tail.toString("latin1"));
    response.writeHead(isWhole ? 200 : 400, { "content-length": 0 });
    response.end();
  });
}
