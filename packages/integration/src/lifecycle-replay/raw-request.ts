import { request as sendRequest } from "node:http";

/** A request exactly as written: no header is added but those of the framing, the path is not touched. */
export interface RawRequest {
  readonly domain: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly isChunked?: boolean;
  /** Hang up when no head came within this time. */
  readonly headTimeoutMs?: number;
  /** Hang up after the head. */
  readonly isBodyUnwanted?: boolean;
}

/** What came back; status 0 when nothing did. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Sends one request over a connection of its own. */
export function rawRequest(options: RawRequest): Promise<RawAnswer> {
  const [host = "", port = ""] = options.domain.split(":");
  return new Promise((resolve, reject) => {
    const body = options.body === null ? undefined : Buffer.from(options.body, "utf8");
    const framing = body === undefined || options.isChunked === true ? {} : { "Content-Length": String(body.length) };
    const request = sendRequest({
      host,
      port,
      method: options.method,
      path: options.path,
      headers: {
        Host: options.domain,
        ...framing,
        ...(options.isChunked === true ? { "Transfer-Encoding": "chunked" } : {}),
        ...options.headers,
      },
      agent: false,
      setHost: false,
    });
    const none = { status: 0, headers: {}, text: "" };
    const timer = setTimeout(() => {
      request.destroy();
      resolve(none);
    }, options.headTimeoutMs ?? 30_000);
    request.on("response", (answer) => {
      clearTimeout(timer);
      const chunks: Buffer[] = [];
      const finish = (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        });
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", finish);
      // A cut answer is an answer as well.
      answer.on("error", finish);
      if (options.isBodyUnwanted === true) {
        setTimeout(() => {
          request.destroy();
          finish();
        }, 100);
      }
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}
