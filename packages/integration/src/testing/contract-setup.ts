import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFetchTransport, type StreamPart, type Transport, type TransportRequest } from "@rxsandbox/transport";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { Agent } from "undici";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { startRawServer, type RawServer } from "../transport/testing/raw-server.js";

/** The transports that the contract holds for. */
export const implementations: readonly (readonly [string, () => Transport])[] = [
  ["createUndiciTransport", () => createUndiciTransport()],
  ["createUndiciTransport with a dispatcher", () => createUndiciTransport({ dispatcher: new Agent() })],
  ["createFetchTransport", () => createFetchTransport()],
];

/** The text of the chunks of an answer. */
export const textOf = (parts: readonly StreamPart[]): string =>
  parts.map((part) => (part.kind === "chunk" ? Buffer.from(part.bytes).toString() : "")).join("");

/** A request without a body. */
export const get = (url: string, rest: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "GET",
  url,
  headers: {},
  ...rest,
});

/** Fails the spec when a promise is rejected and nobody handles it. */
export function expectNoUnhandledRejections(): void {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  beforeAll(() => void process.on("unhandledRejection", onUnhandled));
  afterAll(() => {
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
  });
}

/** Transports and servers of one spec, all closed after each test. */
export function contractSetup(create: () => Transport) {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  function transport(): Transport {
    const created = create();
    closing.push(() => created.close());
    return created;
  }
  async function raw(...script: Parameters<typeof startRawServer>): Promise<RawServer> {
    const server = await startRawServer(...script);
    closing.push(() => server.close());
    return server;
  }
  async function http(
    onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<{ readonly url: string; readonly server: Server }> {
    const server = createServer(onRequest);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }
  return { transport, raw, http };
}
