import type { WireChunk, WireHead } from "../../model/wire-exchange.js";

/** Largest head that is read; a server that sends more is not answering. */
const MAX_HEAD_BYTES = 256 * 1024;

/** Reads one HTTP/1.1 answer from the bytes of a connection, keeping every border. */
export interface AnswerReader {
  readonly head: WireHead | undefined;
  readonly chunks: readonly WireChunk[];
  /** Body bytes so far. */
  readonly size: number;
  readonly state: "head" | "body" | "complete" | "malformed";
  /** Takes what one read of the socket gave. */
  feed(bytes: Uint8Array, atMs: number): void;
  /** The peer sent FIN: `complete` where the end of the connection is the end of the body, else `short`. */
  endOfConnection(): "complete" | "short";
  /** Whether the connection may carry another request. */
  readonly isReusable: boolean;
}

type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "close" }
  | { readonly kind: "length"; left: number }
  | { readonly kind: "chunked" };

/** Makes a reader for the answer to a request of this method. */
export function answerReader(method: string): AnswerReader {
  let state: AnswerReader["state"] = "head";
  let head: WireHead | undefined;
  let framing: Framing = { kind: "none" };
  let pending: Buffer = Buffer.alloc(0);
  let chunkLeft = 0;
  let chunkState: "size" | "data" | "data-end" | "trailer" = "size";
  let size = 0;
  let hasExtra = false;
  const chunks: WireChunk[] = [];

  const push = (bytes: Buffer, atMs: number, isPart: boolean): void => {
    if (bytes.length === 0) return;
    size += bytes.length;
    chunks.push({ atMs, bytes: Uint8Array.from(bytes), isPart });
  };

  const readHead = (atMs: number): boolean => {
    const end = pending.indexOf("\r\n\r\n");
    if (end === -1) {
      if (pending.length > MAX_HEAD_BYTES || !couldBeHttp(pending)) state = "malformed";
      return false;
    }
    const parsed = parseHead(pending.subarray(0, end).toString("latin1"), atMs);
    pending = pending.subarray(end + 4);
    if (parsed === undefined) {
      state = "malformed";
      return false;
    }
    // Interim answers announce the real one.
    if (parsed.status >= 100 && parsed.status < 200 && parsed.status !== 101) return true;
    head = parsed;
    const chosen = framingOf(method, parsed);
    if (chosen === undefined) {
      state = "malformed";
      return false;
    }
    framing = chosen;
    state = framing.kind === "none" || (framing.kind === "length" && framing.left === 0) ? "complete" : "body";
    return true;
  };

  const readChunked = (atMs: number): boolean => {
    if (chunkState === "data") {
      const taken = pending.subarray(0, chunkLeft);
      pending = pending.subarray(taken.length);
      chunkLeft -= taken.length;
      push(taken, atMs, chunkLeft > 0);
      if (chunkLeft > 0) return false;
      chunkState = "data-end";
      return true;
    }
    const end = pending.indexOf("\r\n");
    if (end === -1) {
      if (pending.length > 1024 && chunkState !== "trailer") state = "malformed";
      return false;
    }
    const line = pending.subarray(0, end).toString("latin1");
    pending = pending.subarray(end + 2);
    if (chunkState === "data-end") {
      if (line !== "") state = "malformed";
      chunkState = "size";
    } else if (chunkState === "trailer") {
      if (line === "") state = "complete";
    } else {
      const length = /^[0-9a-f]{1,12}(?=\s*(;|$))/i.exec(line)?.[0];
      if (length === undefined) state = "malformed";
      else {
        chunkLeft = Number.parseInt(length, 16);
        chunkState = chunkLeft === 0 ? "trailer" : "data";
      }
    }
    return state === "body";
  };

  const readBody = (atMs: number): boolean => {
    if (pending.length === 0) return false;
    if (framing.kind === "chunked") return readChunked(atMs);
    const taken = framing.kind === "length" ? pending.subarray(0, framing.left) : pending;
    pending = pending.subarray(taken.length);
    push(taken, atMs, false);
    if (framing.kind === "length") {
      framing.left -= taken.length;
      if (framing.left === 0) state = "complete";
    }
    return false;
  };

  return {
    get head() {
      return head;
    },
    get state() {
      return state;
    },
    get size() {
      return size;
    },
    get isReusable() {
      const connection = head?.headers.find(([name]) => name === "connection")?.[1].toLowerCase() ?? "";
      return state === "complete" && framing.kind !== "close" && !hasExtra && !connection.includes("close");
    },
    chunks,
    feed(bytes, atMs) {
      pending = pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([pending, bytes]);
      let goesOn = true;
      while (goesOn) goesOn = state === "head" ? readHead(atMs) : state === "body" && readBody(atMs);
      if (state === "complete" && pending.length > 0) hasExtra = true;
    },
    endOfConnection() {
      if (state === "complete" || (state === "body" && framing.kind === "close")) {
        state = "complete";
        return "complete";
      }
      return "short";
    },
  };
}

function couldBeHttp(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 5).toString("latin1");
  return "HTTP/".startsWith(start);
}

function parseHead(text: string, atMs: number): WireHead | undefined {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return undefined;
  const headers = lines.map((line) => {
    const at = line.indexOf(":");
    return [
      line.slice(0, at === -1 ? undefined : at).toLowerCase(),
      at === -1 ? "" : line.slice(at + 1).trim(),
    ] as const;
  });
  return { status: Number(status), headers, atMs };
}

function framingOf(method: string, { status, headers }: WireHead): Framing | undefined {
  if (method === "HEAD" || status === 204 || status === 304 || status === 101) return { kind: "none" };
  const all = (wanted: string): readonly string[] =>
    headers.filter(([name]) => name === wanted).map(([, value]) => value);
  if (all("transfer-encoding").some((value) => value.toLowerCase().includes("chunked"))) return { kind: "chunked" };
  const lengths = [...new Set(all("content-length"))];
  if (lengths.length === 0) return { kind: "close" };
  const [length = ""] = lengths;
  return lengths.length === 1 && /^\d{1,19}$/.test(length) ? { kind: "length", left: Number(length) } : undefined;
}
