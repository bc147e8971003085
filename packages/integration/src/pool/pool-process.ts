import { firstValueFrom } from "rxjs";
import { createClient } from "@rxsandbox/client";
import { createPool } from "@rxsandbox/pool";
import { createRedisStore } from "@rxsandbox/pool-redis";
import { PROCESS_HEADER } from "./memory-plane.js";

/** What a process is told, as JSON in its first argument. */
export interface PoolProcessTask {
  readonly name: string;
  readonly pool: string;
  readonly domain: string;
  readonly redisUrl: string;
  readonly acquires: number;
  readonly concurrency: number;
  readonly target: number;
}

/** What it tells: one message for each acquire, and one at the end. */
export type PoolProcessMessage =
  | { readonly type: "used" }
  | { readonly type: "done"; readonly errors: readonly string[]; readonly events: Readonly<Record<string, number>> };

async function run(task: PoolProcessTask): Promise<void> {
  const { name, domain } = task;
  const headers = { [PROCESS_HEADER]: name };
  const client = createClient({ domain, protocol: "http", apiKey: "none", access: "proxy", headers });
  const store = createRedisStore({ url: task.redisUrl });
  const pool = createPool(client, {
    name: task.pool,
    target: task.target,
    create: { image: "none", timeoutSeconds: 120 },
    acquireTimeoutSeconds: 300,
    store,
  });
  const errors: string[] = [];
  const events: Record<string, number> = {};
  const counting = pool.events.subscribe({
    next: ({ type }) => (events[type] = (events[type] ?? 0) + 1),
    error: (error: unknown) => errors.push(String(error)),
  });
  const say = (message: PoolProcessMessage) => process.send?.(message);
  const tell = (kind: "begin" | "end", id: string) => fetch(`http://${domain}/use/${kind}/${id}`, { headers });
  let left = task.acquires;

  async function work(): Promise<void> {
    while (left > 0) {
      left -= 1;
      try {
        const sandbox = await firstValueFrom(pool.acquire());
        await tell("begin", sandbox.id);
        await tell("end", sandbox.id);
        // One of eight is killed and replaced.
        await firstValueFrom(pool.release(sandbox, { reuse: left % 8 !== 0 }));
        say({ type: "used" });
      } catch (error) {
        errors.push(String(error));
      }
    }
  }

  await Promise.all(Array.from({ length: task.concurrency }, work));
  await pool.close();
  counting.unsubscribe();
  await store.close();
  await client.close();
  say({ type: "done", errors, events });
  process.disconnect();
}

await run(JSON.parse(process.argv[2] ?? "") as PoolProcessTask);
