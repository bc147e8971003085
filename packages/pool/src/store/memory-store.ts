import { Subject, filter, map } from "rxjs";
import { PoolState } from "./pool-state.js";
import type { PoolStore } from "./pool-store.js";

/** How to create a store in memory. */
export interface MemoryStoreOptions {
  /** Milliseconds of a clock that is never set back, for tests; `performance.now` by default. */
  readonly nowMs?: () => number;
}

/**
 * Creates a store in the memory of this process. Pools with the same name share their sandboxes when they share the
 * store.
 *
 * Bounds: holds one entry for each sandbox, request and create of its pools, and for 10 minutes one for each finished
 * create.
 */
export function createMemoryStore({ nowMs = () => performance.now() }: MemoryStoreOptions = {}): PoolStore {
  const pools = new Map<string, PoolState>();
  const changed = new Subject<string>();

  /** One step: nothing else runs meanwhile. */
  const step = <T>(pool: string, work: (state: PoolState) => T): Promise<T> => {
    const state = pools.get(pool) ?? new PoolState(nowMs);
    pools.set(pool, state);
    const idleBefore = state.idleCount;
    const answer = work(state);
    if (state.idleCount > idleBefore) changed.next(pool);
    return Promise.resolve(answer);
  };

  return {
    isShared: false,
    setTarget: (pool, target) => step(pool, (state) => state.setTarget(target)),
    reconcile: (pool, request) => step(pool, (state) => state.reconcile(request)),
    add: (pool, request) => step(pool, (state) => state.add(request)),
    take: (pool, request) => step(pool, (state) => state.take(request)),
    giveBack: (pool, hold) => step(pool, (state) => state.giveBack(hold)),
    leave: (pool, request) => step(pool, (state) => state.leave(request)),
    changes: (pool) =>
      changed.pipe(
        filter((name) => name === pool),
        map(() => undefined),
      ),
  };
}
