import type { Socket } from "node:net";
import type { HostileBytes } from "./hostile-bytes.js";

/** Sends on a connection what a case says. */
export function play(socket: Socket, { pieces, pauseMs, isReset }: HostileBytes): void {
  const step = (at: number): void => {
    if (socket.destroyed) return;
    const piece = pieces[at];
    if (piece === undefined) {
      if (isReset) socket.resetAndDestroy();
      else socket.end();
    } else socket.write(piece, () => (pauseMs === 0 ? step(at + 1) : setTimeout(step, pauseMs, at + 1)));
  };
  step(0);
}
