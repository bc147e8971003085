import { createFetchTransport, type TransportRequest } from "@rxsandbox/transport";
import { createUndiciTransport } from "@rxsandbox/transport-undici";
import { afterEach, describe, expect, it } from "vitest";
import { collectGarbage } from "./testing/collect-garbage.js";
import { startRawServer, type RawServer } from "./testing/raw-server.js";
import { eventually, watch } from "./testing/watch.js";

const get = (url: string): TransportRequest => ({ method: "GET", url, headers: {} });

describe.each([
  ["createUndiciTransport", () => createUndiciTransport()],
  ["createFetchTransport", () => createFetchTransport()],
])("%s", (_name, create) => {
  let server: RawServer | undefined;
  afterEach(() => server?.close());

  it("aborts after a garbage collection too, before and after the head", async () => {
    server = await startRawServer((socket, request) => {
      if (!request.includes("/silent"))
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    });
    const { url, sockets, open } = server;
    const client = create();
    const running = [
      watch(client.open(get(url))),
      watch(client.open(get(`${url}/silent`))),
      watch(client.request(get(url))),
    ];
    await eventually(() => running[0]?.values.length === 2 && sockets.length === 3, "all are running");
    await collectGarbage();
    for (const { subscription } of running) subscription.unsubscribe();
    await eventually(() => open() === 0, "all connections are closed");
    expect(running.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    await client.close();
  });
});
