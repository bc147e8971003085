import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { destroySoon } from "./destroy-soon.js";
import { headText } from "./head-text.js";

/**
 * Answers on a connection that no HTTP server looks after, and closes it; a status that no client may get becomes 502.
 */
export function refuseSocket(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): void {
  // The client may be gone already.
  socket.on("error", () => socket.destroy());
  // What it still sends is dropped: unread, it would hide the client's end, and the connection would stay for good.
  socket.resume();
  destroySoon(socket);
  const shown = Number.isInteger(status) && status >= 200 && status <= 999 ? status : 502;
  const pairs = Object.entries({ ...headers, "Content-Length": String(Buffer.byteLength(text)), Connection: "close" });
  socket.end(headText(shown, STATUS_CODES[shown] ?? "Refused", pairs) + text);
}
