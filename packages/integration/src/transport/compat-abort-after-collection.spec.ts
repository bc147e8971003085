import { ConnectionConfig } from "@rxsandbox/compat";
import { afterEach, describe, expect, it } from "vitest";
import { collectGarbage } from "./testing/collect-garbage.js";
import { startRawServer, type RawServer } from "./testing/raw-server.js";
import { eventually } from "./testing/watch.js";

describe.each(["fetch", "sseFetch"] as const)("ConnectionConfig.%s", (name) => {
  let server: RawServer | undefined;
  afterEach(() => server?.close());

  it.each([
    ["the head of the answer", "/silent"],
    ["the end of the body", "/open"],
  ])("aborts before %s, after a garbage collection too", async (_when, path) => {
    server = await startRawServer((socket, request) => {
      if (request.includes("/open")) socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    });
    const { url, sockets, open } = server;
    const send = new ConnectionConfig({ domain: "127.0.0.1:1" })[name];
    const bySignal = new AbortController();
    const byRequest = new AbortController();
    const read = async (response: Response): Promise<string> => response.text();
    const outcomes = Promise.all([
      send(url + path, { signal: bySignal.signal })
        .then(read)
        .catch((error: unknown) => error),
      send(new Request(url + path, { signal: byRequest.signal }))
        .then(read)
        .catch((error: unknown) => error),
    ]);
    await eventually(() => sockets.length === 2, "both are sent");
    await collectGarbage();
    bySignal.abort(new Error("by the signal"));
    byRequest.abort(new Error("by the request"));
    await eventually(() => open() === 0, "both connections are closed");
    expect(await outcomes).toMatchObject([{ message: "by the signal" }, { message: "by the request" }]);
  });
});
