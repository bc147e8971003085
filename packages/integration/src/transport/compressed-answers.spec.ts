import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import {
  createFetchTransport,
  type ResponseHeaders,
  type StreamPart,
  type TransportResponse,
} from "@rxsandbox/transport";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { firstValueFrom, map, toArray, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const packed = gzipSync("plain text");

async function wholeOf(parts: Observable<StreamPart>): Promise<Pick<TransportResponse, "headers" | "body">> {
  // Chunks are valid during `next` only.
  const seen = await firstValueFrom(
    parts.pipe(
      map((part) => (part.kind === "chunk" ? Buffer.from(part.bytes) : part.headers)),
      toArray(),
    ),
  );
  return { headers: seen[0] as ResponseHeaders, body: Buffer.concat(seen.slice(1) as Buffer[]) };
}

describe("an answer that was compressed although nobody asked", () => {
  let server: Server;
  let url = "";
  beforeEach(async () => {
    server = createServer(
      (_, response) =>
        void response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.byteLength }).end(packed),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );

  it.each([
    [
      "createUndiciTransport gives as it came",
      createUndiciTransport(),
      packed.toString("latin1"),
      ["gzip", String(packed.byteLength)],
    ],
    [
      "createFetchTransport gives unpacked, without the headers of the packed one",
      createFetchTransport(),
      "plain text",
      [undefined, undefined],
    ],
  ])("%s", async (_fact, client, text, announced) => {
    const request = { method: "GET", url, headers: {} };
    for (const { headers, body } of [
      await firstValueFrom(client.request(request)),
      await wholeOf(client.open(request)),
    ]) {
      expect(Buffer.from(body).toString("latin1")).toBe(text);
      expect([headers["content-encoding"], headers["content-length"]]).toEqual(announced);
    }
    await client.close();
  });
});
