import type { Duplex } from "node:stream";

/** How long the other side of a connection that is ending may take to end too. */
const LINGER_MS = 5_000;

/** Destroys a connection that is not closed by itself in time. */
export function destroySoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
