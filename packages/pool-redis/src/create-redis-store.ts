import { createHash } from "node:crypto";
import { createClient } from "@redis/client";
import { Observable } from "rxjs";
import type { AddAnswer, LeaveAnswer, PoolStore, ReconcileAnswer, TakeAnswer } from "@rxsandbox/pool";
import { keyNames, poolScript } from "./pool-script.js";
import { readRedisStoreOptions, type RedisStoreOptions } from "./redis-store-options.js";

const CONNECT_TIMEOUT_MS = 5_000;
/** A connection on which nothing comes for so long is given up; pings come in between. */
const SOCKET_TIMEOUT_MS = 15_000;
const PING_MS = 5_000;
const MAX_RECONNECT_MS = 1_000;
/** How long a call waits for the connection. */
const READY_WAIT_MS = 2_000;

const scriptHash = createHash("sha1").update(poolScript).digest("hex");

/** A store of pools in Redis. */
export interface RedisStore extends PoolStore {
  /** Ends the connections. Close the pools first. Idempotent. */
  close(): Promise<void>;
}

/**
 * Creates a store of pools in Redis, which many processes share. Connects at the first call, and again after each
 * break.
 *
 * Throws `InvalidArgumentError` for a wrong option. While there is no connection, calls reject after 2 s, and the pools
 * are degraded. Bounds: two connections. A pool has one entry for each sandbox, request and create, for 10 minutes one
 * for each finished create, and is forgotten when nobody has used it for a day.
 *
 * Run Redis with `appendonly yes` and `appendfsync always`: with other settings it forgets steps that it has
 * acknowledged when it is killed, and a sandbox may be handed out twice.
 */
export function createRedisStore(options: RedisStoreOptions): RedisStore {
  const { url, keyPrefix, nowMs } = readRedisStoreOptions(options);
  const commands = connection(url);
  const subscriber = connection(url);
  let isClosed = false;

  const nameOf = (pool: string, key: string) => `${keyPrefix}{${pool}}:${key}`;

  /** One atomic step. */
  async function step(name: string, pool: string, request: object): Promise<unknown> {
    await commands.ready();
    const call = {
      keys: keyNames.map((key) => nameOf(pool, key)),
      arguments: [name, JSON.stringify(request), nameOf(pool, "changes"), nowMs === undefined ? "" : String(nowMs())],
    };
    try {
      return JSON.parse(String(await commands.client.evalSha(scriptHash, call)));
    } catch (error) {
      // Redis forgets scripts when it starts. It did nothing.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return JSON.parse(String(await commands.client.eval(poolScript, call)));
    }
  }

  return {
    isShared: true,
    setTarget: async (pool, target) => void (await step("setTarget", pool, { target })),
    reconcile: async (pool, request) => {
      const answer = (await step("reconcile", pool, request)) as ReconcileAnswer;
      return { ...answer, slots: asList(answer.slots), evicted: asList(answer.evicted) };
    },
    add: async (pool, request) => ((await step("add", pool, request)) as { readonly answer: AddAnswer }).answer,
    take: async (pool, request) => {
      const answer = (await step("take", pool, request)) as TakeAnswer;
      return { ...answer, grants: asList(answer.grants) };
    },
    giveBack: async (pool, hold) => ((await step("giveBack", pool, hold)) as { readonly answer: AddAnswer }).answer,
    leave: async (pool, request) => ({
      evicted: asList(((await step("leave", pool, request)) as LeaveAnswer).evicted),
    }),
    changes: (pool) =>
      new Observable((observer) => {
        const channel = nameOf(pool, "changes");
        const listener = () => observer.next();
        const listening = subscriber
          .ready(Infinity)
          .then(() => subscriber.client.subscribe(channel, listener))
          // A hint may be lost: pools ask by themselves as well.
          .catch(() => undefined);
        return () => void listening.then(() => subscriber.client.unsubscribe(channel, listener)).catch(() => undefined);
      }),
    close: () => {
      if (!isClosed) for (const { end } of [commands, subscriber]) end();
      isClosed = true;
      return Promise.resolve();
    },
  };
}

/** One connection that is made again after each break. */
function connection(url: string) {
  const client = createClient({
    url,
    // A call that was not sent is refused at once; the pool knows when to try again.
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, MAX_RECONNECT_MS) * (0.75 + Math.random() * 0.5),
    },
  });
  // Every break is told to the call that it hits.
  client.on("error", () => undefined);
  let connecting: Promise<unknown> | undefined;
  let isEnded = false;

  return {
    client,
    /** Resolves when there is a connection; rejects when there is none after so long. */
    ready: (waitMs = READY_WAIT_MS): Promise<void> => {
      if (isEnded) return Promise.reject(new Error("the store is closed"));
      connecting ??= client.connect().catch(() => undefined);
      if (client.isReady) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer =
          waitMs === Infinity
            ? undefined
            : setTimeout(() => settle(new Error("no connection to Redis")), Math.min(waitMs, READY_WAIT_MS));
        const onReady = () => settle();
        const onEnd = () => settle(new Error("the store is closed"));
        const settle = (error?: Error) => {
          clearTimeout(timer);
          client.off("ready", onReady);
          client.off("end", onEnd);
          if (error === undefined) resolve();
          else reject(error);
        };
        client.on("ready", onReady);
        client.on("end", onEnd);
      });
    },
    end: () => {
      isEnded = true;
      if (connecting !== undefined) client.destroy();
    },
  };
}

/** Lua writes an empty list as an empty object. */
function asList<T>(value: readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [];
}
