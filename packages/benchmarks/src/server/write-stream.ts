import type { Socket } from "node:net";
import type { CommandStream } from "./command-stream.js";
import { LAST_CHUNK } from "./http-chunks.js";

const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n",
);

/** Answers a command with its stream, as fast as the client reads unless the stream has a pace. */
export function writeStream(socket: Socket, stream: CommandStream): void {
  socket.write(streamHead);
  if (stream.everyUs !== undefined) return writePaced(socket, stream.parts, stream.everyUs / 1000);
  const parts = stream.parts.values();
  const next = (): void => {
    for (const part of parts) {
      if (!socket.write(part)) {
        socket.once("drain", next);
        return;
      }
    }
    if (stream.repeat !== undefined) return writeForEver(socket, stream.repeat);
    if (stream.holdMs === 0) return;
    const timer = setTimeout(() => socket.write(LAST_CHUNK), stream.holdMs);
    socket.once("close", () => clearTimeout(timer));
  };
  next();
}

function writeForEver(socket: Socket, { part, everyMs }: NonNullable<CommandStream["repeat"]>): void {
  const timer = setInterval(() => socket.write(part), everyMs);
  socket.once("close", () => clearInterval(timer));
}

/**
 * Writes one part per turn of the event loop, so that no two of them share a TCP segment. Timers are too coarse for the
 * pace.
 */
function writePaced(socket: Socket, parts: readonly Buffer[], everyMs: number): void {
  const started = performance.now();
  let written = 0;
  const turn = (): void => {
    const part = parts[written];
    if (part === undefined || socket.destroyed) return;
    if (performance.now() - started >= written * everyMs) {
      socket.write(part);
      written += 1;
    }
    setImmediate(turn);
  };
  turn();
}
