import { createReadStream } from "node:fs";
import { Agent, request, type Dispatcher } from "undici";
import type { ConnectSubject } from "./subject.js";
import { DISK_READ_BYTES } from "./task.js";

/** The limit of what a client on undici can reach: bytes arrive and, for JSON calls only, are parsed. */
export const rawSubject: ConnectSubject = async (domain, sandboxId) => {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const origin = `http://${domain}`;
  const headers = { "content-type": "application/json" };

  const dispatch = (options: Dispatcher.DispatchOptions, onData: (chunk: Buffer) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      agent.dispatch(
        { origin, ...options },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, chunk) => onData(chunk),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });

  const json = async (options: Dispatcher.DispatchOptions): Promise<void> => {
    const chunks: Buffer[] = [];
    await dispatch(options, (chunk) => chunks.push(chunk));
    JSON.parse(Buffer.concat(chunks).toString());
  };

  const daemon = async (): Promise<string> => {
    const answer = await request(`${origin}/v1/sandboxes/${sandboxId}/endpoints/44772`, { dispatcher: agent });
    return ((await answer.body.json()) as { readonly endpoint: string }).endpoint;
  };

  return {
    run: async (command) => {
      await dispatch(
        { method: "POST", path: "/proxy/44772/command", headers, body: JSON.stringify({ command }) },
        () => undefined,
      );
      return 0;
    },
    get: () => json({ method: "GET", path: `/v1/sandboxes/${sandboxId}` }),
    post: () =>
      json({
        method: "POST",
        path: `/v1/sandboxes/${sandboxId}/renew-expiration`,
        headers,
        body: JSON.stringify({ expiresAt: new Date(Date.now() + 600_000).toISOString() }),
      }),
    upload: async (path, bytes) => {
      const head = Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="metadata"; filename="metadata"\r\n\r\n{"path":"/bench/${bytes}"}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`,
      );
      const tail = Buffer.from("\r\n--b--\r\n");
      const form = async function* (): AsyncGenerator<Buffer> {
        yield head;
        yield* createReadStream(path, { highWaterMark: DISK_READ_BYTES }) as AsyncIterable<Buffer>;
        yield tail;
      };
      const answer = await request(`http://${await daemon()}/files/upload`, {
        method: "POST",
        headers: {
          "content-type": "multipart/form-data; boundary=b",
          "content-length": String(head.length + bytes + tail.length),
        },
        body: form() as unknown as string,
        dispatcher: agent,
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`upload answered ${answer.statusCode}`);
    },
    download: async (bytes) => {
      let seen = 0;
      const base = await daemon();
      await dispatch(
        {
          method: "GET",
          origin: `http://${base.split("/")[0]}`,
          path: `/proxy/44772/files/download?path=${encodeURIComponent(`/bench/${bytes}`)}`,
        },
        (chunk) => void (seen += chunk.length),
      );
      return seen;
    },
    close: () => agent.close(),
  };
};
