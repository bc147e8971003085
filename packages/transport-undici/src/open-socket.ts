import { createTransportFailure, startLongTimer, type SocketPart, type SocketRequest } from "@rxsandbox/transport";
import type { Subscriber } from "rxjs";
import { Agent, WebSocket, type Dispatcher } from "undici";

/** Opens WebSockets over one dispatcher. */
export interface SocketOpener {
  /** Returns what closes it. */
  open(request: SocketRequest, subscriber: Subscriber<SocketPart>): () => void;
  /** Ends all sockets. */
  close(): Promise<void>;
}

/** Creates an opener; without a dispatcher of the caller's it makes one of its own with the first socket. */
export function createSocketOpener(dispatcher: Dispatcher | undefined): SocketOpener {
  let own: Agent | undefined;
  const running = new Set<() => void>();

  return {
    open(request, subscriber) {
      if (dispatcher === undefined) own ??= new Agent({ allowH2: false });
      const through = dispatcher ?? own;
      let socket: WebSocket;
      try {
        socket = new WebSocket(request.url, {
          protocols: [...(request.protocols ?? [])],
          headers: { ...request.headers },
          ...(through !== undefined && { dispatcher: through }),
        });
      } catch (cause) {
        subscriber.error(createTransportFailure("unsupported", "the socket cannot be opened", { sent: false, cause }));
        return () => undefined;
      }
      const end = follow(socket, request, subscriber);
      const breakOff = (): void => {
        subscriber.error(createTransportFailure("closed", "the transport was closed", { sent: true }));
      };
      running.add(breakOff);
      return () => {
        running.delete(breakOff);
        end();
      };
    },
    async close() {
      for (const breakOff of [...running]) breakOff();
      await own?.destroy();
    },
  };
}

function follow(socket: WebSocket, { timeoutMs }: SocketRequest, subscriber: Subscriber<SocketPart>): () => void {
  let isOpen = false;
  let failure: unknown;
  const fail = (kind: "connect" | "reset" | "timeout", message: string): void => {
    subscriber.error(createTransportFailure(kind, message, { sent: true, cause: failure }));
  };
  const cancelTimeout = startLongTimer(timeoutMs ?? Infinity, () => fail("timeout", `not open within ${timeoutMs} ms`));
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    isOpen = true;
    cancelTimeout();
    subscriber.next({
      kind: "open",
      protocol: socket.protocol,
      send: (data) => socket.send(data),
      bufferedBytes: () => socket.bufferedAmount,
      close: (code, reason) => socket.close(code, reason),
    });
  });
  socket.addEventListener("message", ({ data }) => {
    subscriber.next({ kind: "message", data: typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer) });
  });
  socket.addEventListener("error", ({ error }) => {
    failure = error;
  });
  socket.addEventListener("close", ({ code, reason }) => {
    if (!isOpen) {
      // Undici does not say how far it came.
      fail("connect", "the socket did not open");
      return;
    }
    // 1006 is no close frame: the connection broke.
    if (code === 1006) {
      fail("reset", "the connection broke");
      return;
    }
    subscriber.next({ kind: "close", code, reason });
    subscriber.complete();
  });
  return () => {
    cancelTimeout();
    socket.close();
  };
}
