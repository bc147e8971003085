import { request as sendRequest } from "node:http";

/** A request without any header of its own but those given, `Host` included. */
export interface RawHttpRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An answer; `status` 101 has no text. */
export interface RawHttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends one request over a connection of its own, as no browser or client library would. */
export function rawHttp(address: string, options: RawHttpRequest): Promise<RawHttpAnswer> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve, reject) => {
    const headers = {
      Host: address,
      ...(options.body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(options.body)) }),
      ...options.headers,
    };
    const request = sendRequest({
      host,
      port,
      method: options.method ?? "GET",
      path: options.path,
      headers,
      agent: false,
      setHost: false,
    });
    request.on("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
      answer.on("error", reject);
    });
    request.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: "" });
    });
    request.on("error", reject);
    request.end(options.body);
  });
}
