import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRedisStore } from "@rxsandbox/pool-redis";
import { RedisServer, hasRedisServer } from "./redis-server.js";
import { MemoryPlane } from "./memory-plane.js";
import type { PoolProcessMessage, PoolProcessTask } from "./pool-process.js";

const ENTRY = fileURLToPath(new URL("../../dist/pool/pool-process.js", import.meta.url));
/** 10,000 in CI. */
const ACQUIRES = Number(process.env["RXSANDBOX_POOL_ACQUIRES"] ?? 400);
const PROCESSES = 8;
const CONCURRENCY = 4;
/** More than may be lost, so that a Redis that forgets them all is noticed. */
const TARGET = 40;
/** The longest life of a sandbox: `maxIdleSeconds` (600) and a minute. */
const LIFE_SECONDS = 660;
const LIMIT_MS = 900_000;

describe.skipIf(!hasRedisServer)("pools of eight processes (with a redis-server: apt-get install redis-server)", () => {
  const plane = new MemoryPlane();
  let redis: RedisServer;
  let domain = "";
  beforeAll(async () => {
    redis = await RedisServer.start();
    domain = await plane.listen();
  });
  afterAll(async () => {
    await plane.close();
    await redis.close();
  });

  it(
    `hand out nothing twice and leak nothing in ${ACQUIRES} acquires, while Redis is killed twice and a process in the middle of an acquire`,
    async () => {
      let used = 0;
      const pool = "proof";
      const errors: string[] = [];
      const children = new Map<string, ChildProcess>();
      const ends: Promise<unknown>[] = [];
      const start = (name: string, acquires: number): void => {
        const task: PoolProcessTask = {
          name,
          pool,
          domain,
          redisUrl: redis.url,
          acquires,
          concurrency: CONCURRENCY,
          target: TARGET,
        };
        const child = fork(ENTRY, [JSON.stringify(task)], { execArgv: [] });
        children.set(name, child);
        child.on("message", (message: PoolProcessMessage) => {
          if (message.type === "used") used += 1;
          else errors.push(...message.errors);
        });
        ends.push(once(child, "exit"));
      };
      const reached = async (share: number): Promise<void> => {
        const untilMs = performance.now() + LIMIT_MS / 2;
        while (used < ACQUIRES * share) {
          if (performance.now() > untilMs) throw new Error(`only ${used} acquires, ${errors.join("; ")}`);
          await delay(5);
        }
      };
      const breakRedis = async (): Promise<void> => {
        await redis.kill();
        await delay(500);
        await redis.bringBack();
      };

      const each = Math.ceil(ACQUIRES / PROCESSES);
      for (let index = 0; index < PROCESSES; index += 1) start(`p${index}`, each);
      try {
        await reached(0.2);
        await breakRedis();
        await reached(0.4);
        // It is in the middle of an acquire: the sandbox is handed out in Redis, and its renewal is under way.
        const victim = await new Promise<string>((resolve) => {
          plane.onRenew = (process, sandboxId) => {
            if (process !== "p3" || plane.isInUse(sandboxId)) return;
            children.get(process)?.kill("SIGKILL");
            plane.onRenew = () => undefined;
            plane.forget(process, sandboxId);
            resolve(sandboxId);
          };
        });
        start("p3 again", each);
        await reached(0.6);
        await breakRedis();
        await Promise.all(ends);

        expect(plane.wrongs).toEqual([]);
        expect(errors).toEqual([]);
        expect(used).toBeGreaterThanOrEqual(ACQUIRES);
        expect(plane.uses).toBeGreaterThanOrEqual(used);

        const store = createRedisStore({ url: redis.url });
        const { evicted: idle } = await store.leave(pool, { owner: "proof", abandoned: [], isDraining: true });
        await store.close();
        expect(new Set(idle).size).toBe(idle.length);
        expect(idle.length).toBeLessThanOrEqual(TARGET);
        expect(idle).not.toContain(victim);
        // Lost are those that the dead process had or was creating, and one per process for each time that Redis was
        // killed before it answered.
        const lost = [...plane.lives.keys()].filter((id) => !idle.includes(id));
        expect(lost.length).toBeLessThanOrEqual(2 * CONCURRENCY + 2 * PROCESSES);
        for (const seconds of plane.lives.values()) expect(seconds).toBeLessThanOrEqual(LIFE_SECONDS);
        plane.advance(LIFE_SECONDS);
        expect(plane.lives.size).toBe(0);
      } finally {
        for (const child of children.values()) child.kill("SIGKILL");
      }
    },
    LIMIT_MS,
  );
});
