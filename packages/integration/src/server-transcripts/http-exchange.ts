import { type IncomingMessage, request as sendRequest } from "node:http";

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
  /** Milliseconds from the request to the end of the body. */
  readonly endMs: number;
  /** Milliseconds from the request to each piece of the body. */
  readonly pieces: readonly { readonly atMs: number; readonly bytes: Buffer }[];
  /** `short` when the connection broke off inside the body, `client` when this side hung up. */
  readonly end: "eof" | "short" | "client";
}

/** One request to send. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Told every piece of the body; true hangs up, but not before {@link hangUpAfterMs}. */
  readonly onPiece: (bytes: Buffer) => boolean;
  readonly hangUpAfterMs?: number;
  /** Hangs up after this time in any case. */
  readonly hangUpMs?: number;
}

/** Sends one request on a connection of its own and collects the answer. */
export function exchange(port: number, wanted: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    // An explicit header keeps the client from asking for the connection's end, which a server may echo.
    const headers = { connection: "keep-alive", ...wanted.headers };
    const request = sendRequest({
      host: "127.0.0.1",
      port,
      method: wanted.method,
      path: wanted.path,
      headers,
      agent: false,
    });
    request.on("error", reject);
    request.on("response", (response) => collect(response, wanted, startMs, resolve));
    request.end(wanted.body);
  });
}

function collect(
  response: IncomingMessage,
  wanted: Exchange,
  startMs: number,
  resolve: (answer: Answer) => void,
): void {
  // The response lets go of its socket at the end.
  const { socket } = response;
  const pieces: { atMs: number; bytes: Buffer }[] = [];
  let hasHungUp = false;
  const hangUp = (): void => {
    hasHungUp = true;
    response.destroy();
  };
  const timers = wanted.hangUpMs === undefined ? [] : [setTimeout(hangUp, wanted.hangUpMs)];
  response.on("data", (bytes: Buffer) => {
    pieces.push({ atMs: performance.now() - startMs, bytes });
    if (!wanted.onPiece(bytes)) return;
    const waitMs = (wanted.hangUpAfterMs ?? 0) - (performance.now() - startMs);
    if (waitMs <= 0) hangUp();
    else timers.push(setTimeout(hangUp, waitMs));
  });
  // A broken connection shows as `complete` being false on close.
  response.on("error", () => {});
  response.on("close", () => {
    for (const timer of timers) clearTimeout(timer);
    const end = hasHungUp ? "client" : response.complete ? "eof" : "short";
    const body = Buffer.concat(pieces.map((piece) => piece.bytes));
    resolve({
      status: response.statusCode ?? 0,
      headers: plainHeaders(response),
      body,
      endMs: performance.now() - startMs,
      pieces,
      end,
    });
    socket.destroy();
  });
}

function plainHeaders(response: IncomingMessage): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
