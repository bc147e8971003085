import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "@rxsandbox/pool";
import { storeCases } from "@rxsandbox/pool/store-tests";
import { createRedisStore, type RedisStore } from "@rxsandbox/pool-redis";
import { RedisServer, hasRedisServer } from "./redis-server.js";

describe.skipIf(!hasRedisServer)("createRedisStore (with a redis-server: apt-get install redis-server)", () => {
  let server: RedisServer;
  let store: RedisStore;
  let nowMs = 1_800_000_000_000;
  beforeAll(async () => {
    server = await RedisServer.start();
    store = createRedisStore({ url: server.url, nowMs: () => nowMs });
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  it.each(storeCases.map((one, index) => ({ ...one, index })))("$name", async ({ run, index }) => {
    await run({ store, pool: `case-${index}`, advance: (ms) => void (nowMs += ms) });
  });

  it("takes its time from Redis", async () => {
    const live = createRedisStore({ url: server.url });
    const pool = "live";
    const reconcile = (maxIdleMs: number) =>
      live.reconcile(pool, {
        owner: "o",
        ownerTtlMs: 1000,
        maxIdleMs,
        slots: [],
        wanted: [],
        abandoned: [],
        discarded: [],
      });
    await live.setTarget(pool, 1);
    await live.add(pool, { slot: "x", sandboxId: "s", isReserved: false });
    expect((await reconcile(60_000)).evicted).toEqual([]);
    expect((await reconcile(-60_000)).evicted).toEqual(["s"]);
    await live.close();
  });

  it("keeps what it has acknowledged when Redis is killed, and is there again afterwards", async () => {
    const pool = "killed";
    const own = createRedisStore({ url: server.url });
    await own.setTarget(pool, 100);
    const added: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const adding = (async () => {
        for (let index = 0; index < 1000; index += 1) {
          const sandboxId = `${round}-${index}`;
          try {
            if ((await own.add(pool, { slot: sandboxId, sandboxId, isReserved: false })) === "added")
              added.push(sandboxId);
            else break;
          } catch {
            break;
          }
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await server.kill();
      await adding;
      await server.bringBack();
    }
    const { idle } = await untilDone(() =>
      own.reconcile(pool, {
        owner: "o",
        ownerTtlMs: 1000,
        maxIdleMs: 600_000,
        slots: [],
        wanted: [],
        abandoned: [],
        discarded: [],
      }),
    );
    expect(added.length).toBeGreaterThan(0);
    // One more for each step that was done, but not acknowledged.
    expect(idle).toBeGreaterThanOrEqual(added.length);
    expect(idle).toBeLessThanOrEqual(added.length + 2);
    await own.close();
  });

  it("rejects while there is no Redis, in bounded time, and after close", async () => {
    const none = createRedisStore({ url: "redis://127.0.0.1:1" });
    await expect(none.setTarget("p", 1)).rejects.toThrow("no connection to Redis");
    await none.close();
    await none.close();
    await expect(none.setTarget("p", 1)).rejects.toThrow("closed");
  });

  it("uses no name that the store in memory would read otherwise", async () => {
    const memory = createMemoryStore();
    for (const each of [memory, store]) {
      await each.setTarget("odd", 1);
      expect(await each.add("odd", { slot: "{a}*", sandboxId: '"s"\n', isReserved: false })).toBe("added");
      const take = { owner: "ö", ownerTtlMs: 1000, waiterTtlMs: 1000, requests: [{ id: "'", isWaiting: true }] };
      expect((await each.take("odd", take)).grants).toMatchObject([{ requestId: "'", sandboxId: '"s"\n' }]);
    }
  });
});

async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > 20) throw error;
    }
  }
}
