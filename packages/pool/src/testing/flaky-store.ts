import type { PoolStore } from "../store/pool-store.js";

/** What becomes of one call: `lost` is done and its answer is lost, `refused` is not done. */
export type CallFate = "ok" | "lost" | "refused";

/** A store whose connection breaks. `fate` decides for each call. */
export function flakyStore(store: PoolStore, fate: (call: keyof PoolStore) => CallFate): PoolStore {
  const call = async <T>(name: keyof PoolStore, work: () => Promise<T>): Promise<T> => {
    const how = fate(name);
    if (how === "refused") throw new Error("no connection");
    const answer = await work();
    if (how === "lost") throw new Error("the connection broke");
    return answer;
  };
  return {
    isShared: store.isShared,
    setTarget: (pool, target) => call("setTarget", () => store.setTarget(pool, target)),
    reconcile: (pool, request) => call("reconcile", () => store.reconcile(pool, request)),
    add: (pool, request) => call("add", () => store.add(pool, request)),
    take: (pool, request) => call("take", () => store.take(pool, request)),
    giveBack: (pool, hold) => call("giveBack", () => store.giveBack(pool, hold)),
    leave: (pool, request) => call("leave", () => store.leave(pool, request)),
    changes: (pool) => store.changes(pool),
  };
}
