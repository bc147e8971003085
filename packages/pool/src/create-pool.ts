import { Observable, Subject, defer, from, map, type Subscriber } from "rxjs";
import { InvalidArgumentError, SandboxError, type Sandbox } from "@rxsandbox/client";
import { AcquireQueue } from "./engine/acquire-queue.js";
import { acquireSandbox, type Acquired } from "./engine/acquire-sandbox.js";
import { Kills, type PoolConnection } from "./engine/pool-connection.js";
import { PoolKeeper } from "./engine/pool-keeper.js";
import { releaseSandbox } from "./engine/release-sandbox.js";
import { createStoreCalls } from "./engine/store-calls.js";
import type { Pool, PoolClient, PoolEvent, PoolOptions } from "./pool.js";
import { readPoolOptions, readReuse, readTarget } from "./read-pool-options.js";

/**
 * Creates a pool of warm sandboxes; sends nothing before `start` or `acquire`.
 *
 * Throws `InvalidArgumentError` for a wrong option. The client and the store are the caller's: close the pool first,
 * then them.
 *
 * @example
 * const pool = createPool(client, { name: "python", target: 2, create: { image: "python:3.11" } });
 * const warm = await firstValueFrom(pool.acquire());
 * const { end } = await lastValueFrom(warm.commands.run("exit 0").pipe(toExecution()));
 * end; // => { kind: "exited", exitCode: 0 }
 * await firstValueFrom(pool.release(warm));
 * await pool.close();
 */
export function createPool(client: PoolClient, options: PoolOptions): Pool {
  const given = readPoolOptions(options);
  const owner = crypto.randomUUID();
  const events = new Subject<PoolEvent>();
  const acquired = new WeakMap<Sandbox, { readonly use: Acquired; released?: Promise<void> }>();
  const subscribers = new Set<Subscriber<unknown>>();
  let ids = 0;
  let closing: Promise<void> | undefined;
  const emit = (event: PoolEvent): void => events.next(event);
  const context: PoolConnection = {
    client,
    options: given,
    owner,
    store: createStoreCalls(given.store, given.name),
    emit,
    kills: new Kills(client, emit),
    nextId: () => `${owner}-${(ids += 1)}`,
    isClosed: () => closing !== undefined,
  };
  const keeper = new PoolKeeper(context);
  const queue = new AcquireQueue(context, keeper);
  const hints = given.store.changes(given.name).subscribe({ next: () => queue.pump(), error: () => undefined });

  /** Errors `closed` when the pool is closed, or closes meanwhile. */
  const guard = <T>(work: () => Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      if (closing !== undefined) return subscriber.error(closedError(given.name));
      subscribers.add(subscriber as Subscriber<unknown>);
      subscriber.add(() => subscribers.delete(subscriber as Subscriber<unknown>));
      subscriber.add(work().subscribe(subscriber));
    });

  async function shut(isDraining: boolean): Promise<void> {
    for (const subscriber of [...subscribers]) subscriber.error(closedError(given.name));
    hints.unsubscribe();
    await queue.idle();
    await keeper.stop(isDraining);
    await context.kills.settled();
    events.complete();
  }

  return {
    events: events.asObservable(),
    start: () =>
      guard(() => {
        keeper.start();
        return keeper.warm;
      }),
    acquire: () =>
      guard(() => {
        keeper.start();
        return acquireSandbox(context, queue, keeper).pipe(
          map((use) => {
            acquired.set(use.sandbox, { use });
            return use.sandbox;
          }),
        );
      }),
    release: (sandbox, releaseOptions = {}) => {
      const entry = acquired.get(sandbox);
      if (entry === undefined) throw new InvalidArgumentError("sandbox", "was not acquired from this pool");
      const isReused = readReuse(releaseOptions);
      return defer(() => from((entry.released ??= releaseSandbox(context, keeper, entry.use, isReused))));
    },
    resize: (target) => {
      const count = readTarget(target);
      return guard(() => defer(() => from(keeper.resize(count))));
    },
    close: ({ killIdle = !given.store.isShared } = {}) => (closing ??= Promise.resolve().then(() => shut(killIdle))),
  };
}

function closedError(name: string): SandboxError {
  return new SandboxError("closed", { what: `Use pool ${name}`, detail: "the pool is closed" });
}
