import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";

import { RefusedRequest } from "../answers/answer.js";
import { encodeJson } from "../../shared/go-json/encode-json.js";
import { startPipeShell } from "./start-pipe-shell.js";
import { loadPtyLibrary, startPtyShell } from "./start-pty-shell.js";
import { TerminalConnection } from "./terminal-connection.js";
import { alreadyConnected, known } from "./terminal-routes.js";
import type { StartShell } from "./terminal-shell.js";
import type { TerminalStore } from "./terminal-store.js";

/** What one frame of a client may have; the largest terminal input is a paste. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

/** What a handshake is answered with. */
export interface TerminalUpgradeOptions {
  readonly terminals: TerminalStore;
  /** Whether the connection stays open after the close frames (fault `terminal-close-lingers`). */
  readonly closeLingers: boolean;
}

/** Answers the handshake of `GET /pty/{id}/ws`: refuses it with a status, or attaches the client (`execd.md` 9). */
export async function upgradeTerminal(
  id: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { terminals, closeLingers }: TerminalUpgradeOptions,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://worker");
  const isPipe = url.searchParams.get("pty") === "0";
  const library = isPipe ? undefined : await loadPtyLibrary();
  try {
    const terminal = known(id, terminals);
    const isTakeover = url.searchParams.get("takeover") === "1";
    if (terminal.isAttached && !isTakeover) return refuse(socket, 409, "Conflict", alreadyConnected(id));
    if (!isPipe && library === undefined && terminal.shell === undefined)
      return refuse(socket, 501, "Not Implemented", NOT_SUPPORTED);
    const startShell: StartShell = (start, listener) =>
      library === undefined ? startPipeShell(start, listener) : startPtyShell(library, start, listener);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new TerminalConnection(terminal, webSocket);
      terminal.attach(connection);
      if (closeLingers) linger(socket, () => terminal.detach(connection));
      void connection.begin(startShell, offsetOf(url.searchParams.get("since")));
    });
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    refuse(socket, error.status, "Not Found", { code: error.code, message: error.message });
  }
}

/** Keeps a connection that is to end after the close frames; the WebSocket destroys it 30 s later. */
function linger(socket: Duplex, onClosed: () => void): void {
  socket.end = () => {
    onClosed();
    return socket;
  };
}

const NOT_SUPPORTED = { code: "NOT_SUPPORTED", message: "pty is not supported" };

/** Anything but a count means everything. */
function offsetOf(text: string | null): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function refuse(socket: Duplex, status: number, reason: string, body: object): void {
  const text = encodeJson(body);
  const headers = [
    "Content-Type: application/json; charset=utf-8",
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end([`HTTP/1.1 ${status} ${reason}`, ...headers, "Connection: close", "", text].join("\r\n"));
}
