import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { askPeer } from "../../shared/forwarding/ask-peer.js";
import { headerPairs } from "../../shared/forwarding/end-to-end-headers.js";
import { headText } from "../../shared/forwarding/head-text.js";
import { joinConnections } from "../../shared/forwarding/join-connections.js";
import { refuseSocket } from "../../shared/forwarding/refuse-socket.js";

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
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: ForwardUpgradeOptions,
): void {
  const upstream = askPeer(
    {
      socketPath: options.socketPath,
      path: options.path,
      method: "GET",
      headers: [...options.headers, "Connection", "Upgrade", "Upgrade", request.headers.upgrade ?? "websocket"],
      agent: false,
      setHost: false,
    },
    {
      client: socket,
      onUpgrade(answer, peer, peerHead) {
        // Only what the handshake needs: a sandbox sets no cookie at this address.
        const kept = headerPairs(answer).filter(([name]) => /^(upgrade|connection|sec-websocket-.*)$/i.test(name));
        socket.write(headText(101, "Switching Protocols", kept));
        joinConnections(socket, head, peer, peerHead);
      },
      onAnswer: options.onRefused,
      onFailure: options.onFailure,
    },
  );
  socket.once("close", () => upstream?.destroy());
  upstream?.end();
}

/** Answers a handshake with an HTTP status and JSON, and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: number, body: unknown): void {
  refuseSocket(socket, status, { "Content-Type": "application/json" }, JSON.stringify(body));
}
