import { WebSocket, type RawData } from "ws";
import type { MessageSocket, SocketData } from "../../model/message-socket.js";
import type { WireChunk, WireEnd, WireExchange } from "../../model/wire-exchange.js";

/** What a socket is opened with. */
export interface MessageSocketRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly shownUrl: string;
  readonly now: () => number;
  /** Told once, when the socket is over: what came as an exchange whose chunks are the messages. */
  readonly onOver: (exchange: WireExchange) => void;
  /** Calls back once after so many milliseconds; returns the cancellation. Default the platform's timer. */
  readonly startTimer?: StartTimer;
}

type StartTimer = (delayMs: number, callback: () => void) => () => void;

const IDLE_MS = 10_000;
/** How long the answer to a close frame may take. */
const CLOSE_MS = 5_000;
/** How long the end of the connection may take once both close frames are there (`divergences.md` X69). */
const LINGER_MS = 100;

/** Opens a WebSocket; gives it after its handshake, refused or not, and `undefined` where no answer came. */
export function openMessageSocket({
  url,
  headers,
  shownUrl,
  now,
  onOver,
  startTimer = platformTimer,
}: MessageSocketRequest): Promise<MessageSocket | undefined> {
  const startedAt = now();
  const target = new URL(url);
  target.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(target, { headers, perMessageDeflate: false, handshakeTimeout: IDLE_MS });
  const messages: SocketData[] = [];
  const chunks: WireChunk[] = [];
  const waiting = new Set<() => void>();
  let status = 0;
  let closed: MessageSocket["closed"];
  let isOver = false;
  let isLeftOpen = false;
  const wake = (): void => waiting.forEach((look) => look());
  const over = (end: WireEnd): void => {
    if (isOver) return;
    isOver = true;
    onOver({
      method: "GET",
      url: shownUrl,
      startedAt,
      head: status === 0 ? undefined : { status, headers: [], atMs: now() - startedAt },
      chunks,
      end,
      endedAtMs: now() - startedAt,
    });
  };
  socket.once("upgrade", ({ socket: connection }) => {
    // This side ends the connection as soon as it has a close frame of the other side and has sent its own.
    connection.once("finish", () => {
      const cancel = startTimer(LINGER_MS, () => {
        isLeftOpen = true;
        socket.terminate();
      });
      socket.once("close", cancel);
    });
  });
  socket.on("message", (data: RawData, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    messages.push(isBinary ? bytes : bytes.toString("utf8"));
    chunks.push({ atMs: now() - startedAt, bytes: Uint8Array.from(bytes), isPart: false });
    wake();
  });
  socket.on("close", (code, reason) => {
    closed = { code, reason: reason.toString("utf8") };
    over(code === 1006 ? "reset" : "complete");
    wake();
  });
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      let cancel: () => void;
      const settle = (): void => {
        cancel();
        waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (holds() || closed !== undefined) return settle();
        cancel();
        cancel = startTimer(IDLE_MS, settle);
      };
      cancel = startTimer(IDLE_MS, settle);
      waiting.add(look);
      look();
    });
  const made: MessageSocket = {
    get status() {
      return status;
    },
    messages,
    get closed() {
      return closed;
    },
    get isLeftOpen() {
      return isLeftOpen;
    },
    send(data) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    until: (holds) => until(() => holds(messages)),
    untilClosed: () => until(() => false),
    async close() {
      if (closed !== undefined) return;
      const cancel = startTimer(CLOSE_MS, () => socket.terminate());
      socket.close(1000);
      await new Promise<void>((resolve) => socket.once("close", () => resolve()));
      cancel();
    },
  };
  return new Promise((resolve) => {
    socket.once("open", () => {
      status = 101;
      resolve(made);
    });
    socket.once("unexpected-response", (_request, answer) => {
      status = answer.statusCode ?? 0;
      closed = { code: 1006, reason: "" };
      answer.resume();
      over("complete");
      socket.terminate();
      resolve(made);
    });
    // What follows a refused handshake, or one that never came, is told by the status.
    socket.on("error", () => {
      over("reset");
      resolve(status === 0 ? undefined : made);
    });
  });
}

function platformTimer(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}
