import type { Subscriber } from "rxjs";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { SocketPart, SocketRequest } from "../ports/transport.js";
import { startLongTimer } from "../timer/long-timer.js";

/**
 * Opens a WebSocket and emits its parts; returns what closes it. Fails `unsupported` where headers are asked for or
 * there are no sockets.
 */
export function openSocket(
  Socket: typeof WebSocket | undefined,
  { url, headers, protocols = [], timeoutMs }: SocketRequest,
  subscriber: Subscriber<SocketPart>,
): () => void {
  const refuse = (message: string, cause?: unknown): (() => void) => {
    subscriber.error(createTransportFailure("unsupported", message, { sent: false, cause }));
    return () => undefined;
  };
  if (Socket === undefined) return refuse("this platform has no WebSocket");
  if (Object.keys(headers).length > 0) return refuse("a WebSocket of this platform cannot carry headers");
  let socket: WebSocket;
  try {
    socket = new Socket(url, [...protocols]);
  } catch (cause) {
    return refuse("the socket cannot be opened", cause);
  }

  let isOpen = false;
  const cancelTimeout = startLongTimer(timeoutMs ?? Infinity, () =>
    subscriber.error(createTransportFailure("timeout", `not open within ${timeoutMs} ms`, { sent: true })),
  );
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    isOpen = true;
    cancelTimeout();
    subscriber.next({
      kind: "open",
      protocol: socket.protocol,
      send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
      bufferedBytes: () => socket.bufferedAmount,
      close: (code, reason) => socket.close(code, reason),
    });
  });
  socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
    subscriber.next({ kind: "message", data: typeof data === "string" ? data : new Uint8Array(data) });
  });
  socket.addEventListener("close", ({ code, reason }) => {
    if (!isOpen) {
      subscriber.error(createTransportFailure("connect", "the socket did not open", { sent: true }));
    } else if (code === 1006) {
      // No close frame: the connection broke.
      subscriber.error(createTransportFailure("reset", "the connection broke", { sent: true }));
    } else {
      subscriber.next({ kind: "close", code, reason });
      subscriber.complete();
    }
  });
  return () => {
    cancelTimeout();
    socket.close();
  };
}
