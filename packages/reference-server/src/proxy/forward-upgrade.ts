import { type IncomingMessage, request as sendRequest } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";

/** Where and how {@link forwardUpgrade} asks. */
export interface ForwardUpgradeOptions {
  readonly socketPath: string;
  readonly path: string;
  /** Name and value in turn, without those of the connection. */
  readonly headers: readonly string[];
  /** The sandbox answered without upgrading. */
  readonly onRefused: (answer: IncomingMessage) => void;
  /** The sandbox could not be asked. */
  readonly onFailure: () => void;
}

/** Passes a WebSocket handshake on and joins the two connections byte by byte. */
export function forwardUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: ForwardUpgradeOptions): void {
  const upstream = sendRequest({
    socketPath: options.socketPath,
    path: options.path,
    method: "GET",
    headers: [...options.headers, "Connection", "Upgrade", "Upgrade", request.headers.upgrade ?? "websocket"],
    agent: false,
    setHost: false,
  });
  upstream.on("upgrade", (answer, peer, peerHead) => {
    socket.write(handshakeHead(answer));
    if (peerHead.length > 0) socket.write(peerHead);
    if (head.length > 0) peer.write(head);
    pipeline(socket, peer, () => peer.destroy());
    pipeline(peer, socket, () => socket.destroy());
  });
  upstream.on("response", options.onRefused);
  upstream.on("error", options.onFailure);
  socket.once("close", () => upstream.destroy());
  upstream.end();
}

/** Answers a handshake with an HTTP status and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string, body: unknown): void {
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** Only what the handshake needs: a sandbox sets no cookie at this address. */
function handshakeHead(answer: IncomingMessage): string {
  const lines = answer.rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && /^(upgrade|connection|sec-websocket-.*)$/i.test(name) ? [`${name}: ${answer.rawHeaders[index + 1] ?? ""}`] : [],
  );
  return ["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n");
}
