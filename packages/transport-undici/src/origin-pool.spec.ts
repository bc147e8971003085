import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { buildConnector } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { Lease } from "./lease.js";
import { OriginPool, type OriginPoolOptions } from "./origin-pool.js";

const connect = buildConnector({ allowH2: false });

function lease(pool: OriginPool): Lease {
  let given: Lease | undefined;
  pool.acquire(true, (leased) => (given = leased));
  if (given === undefined) throw new Error("no lease");
  return given;
}

describe("OriginPool", () => {
  let pool: OriginPool | undefined;
  let server: Server | undefined;
  afterEach(() => {
    pool?.close();
    server?.close();
  });

  function create(origin: string, options: Partial<OriginPoolOptions> = {}): OriginPool {
    return (pool = new OriginPool(
      origin,
      { connect, keepAliveMs: 10_000, maxConcurrentRequests: 128, now: () => 0, ...options },
      () => undefined,
    ));
  }

  it("closes an idle connection after its own limit although the server allows more", async () => {
    server = createServer((socket) =>
      socket.once("data", () =>
        socket.write("HTTP/1.1 200 OK\r\nkeep-alive: timeout=30\r\ncontent-length: 2\r\n\r\nok"),
      ),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const connected = once(server, "connection") as Promise<[Socket]>;
    const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const leased = lease(create(origin, { keepAliveMs: 100 }));
    const { body } = await leased.dispatcher.request({ origin, path: "/", method: "GET" });
    expect(await body.text()).toBe("ok");
    leased.release();
    const [socket] = await connected;
    if (!socket.destroyed) await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  it("uses an idle connection again until its limit has passed, even when no timer fired", () => {
    let nowMs = 0;
    const idle = create("http://127.0.0.1:1", { now: () => nowMs });
    const [first, second] = [lease(idle), lease(idle)];
    first.release();
    nowMs = 1;
    second.release();
    nowMs = 10_000;
    const third = lease(idle);
    expect(third.dispatcher).toBe(second.dispatcher);
    third.release();
    nowMs = 20_000;
    expect([first.dispatcher, second.dispatcher]).not.toContain(lease(idle).dispatcher);
  });

  it("uses no idle connection again once nothing came back on another", () => {
    const idle = create("http://127.0.0.1:1");
    const [first, second] = [lease(idle), lease(idle)];
    first.release();
    second.distrustIdle();
    second.drop();
    expect([first.dispatcher, second.dispatcher]).not.toContain(lease(idle).dispatcher);
  });
});
