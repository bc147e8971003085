import { OWNER_TTL_MS, StoreDriver, same, type StoreCase } from "./store-harness.js";

/** Slots, idle sandboxes, and what comes back. */
export const keepingCases: readonly StoreCase[] = [
  {
    name: "grants as many slots as the pool lacks, to all processes together",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(4);
      await driver.addIdle("a");
      same((await driver.reconcile("one", { wanted: ["x1", "x2"] })).slots, ["x1", "x2"], "one");
      const { slots, creating } = await driver.reconcile("two", { wanted: ["y1", "y2"] });
      same([slots, creating], [["y1"], 3], "two");
      await driver.take("two", ["r1", "r2"]);
      same(
        (await driver.reconcile("two", { slots: ["y1"], wanted: ["y3", "y4", "y5"] })).slots,
        ["y3", "y4"],
        "for those who wait",
      );
    },
  },
  {
    name: "answers a repeated request for slots as it did at first, and frees those that are not listed",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(2);
      await driver.reconcile("one", { wanted: ["x1", "x2"] });
      same((await driver.reconcile("one", { wanted: ["x1", "x2"] })).slots, ["x1", "x2"], "the same again");
      same((await driver.reconcile("one", { slots: ["x1"] })).creating, 1, "creating");
    },
  },
  {
    name: "takes in a created sandbox once, and only for a slot that is there",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      const { store, pool } = driver;
      await driver.setTarget(2);
      await driver.reconcile("one", { wanted: ["x"] });
      const request = { slot: "x", sandboxId: "a", isReserved: true };
      same(await store.add(pool, { ...request, slot: "none" }), "unknown", "an unknown slot");
      same(await store.add(pool, request), "added", "the first time");
      const hold = await driver.takeOne("one", "r");
      same(await store.add(pool, request), "added", "again, after its hand-out");
      await driver.reconcile("one", { discarded: [hold] });
      same(await store.add(pool, request), "added", "again, after its end");
      const { idle, creating, leased } = await driver.reconcile("one");
      same([idle, creating, leased], [0, 0, 0], "idle, creating, leased");
    },
  },
  {
    name: "has no more idle sandboxes than its target and those who wait",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(1);
      await driver.take("one", ["r"]);
      same(await driver.addIdle("a", "b", "c"), ["added", "added", "full"], "adds");
    },
  },
  {
    name: "evicts what was idle for too long, and the oldest that are too many",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(5);
      await driver.addIdle("a");
      driver.advance(500);
      await driver.addIdle("b", "c", "d");
      same((await driver.reconcile("one", { maxIdleMs: 300 })).evicted, ["a"], "too old");
      await driver.setTarget(1);
      same((await driver.reconcile("one")).evicted, ["b", "c"], "too many");
      same((await driver.reconcile("one")).idle, 1, "idle");
    },
  },
  {
    name: "takes back a sandbox by the token of its hand-out only",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      const { store, pool } = driver;
      await driver.setTarget(1);
      await driver.addIdle("a");
      const first = await driver.takeOne("one", "r1");
      same(await store.giveBack(pool, { ...first, token: "999999" }), "unknown", "a wrong token");
      same(await store.giveBack(pool, first), "added", "the right one");
      same(await store.giveBack(pool, first), "unknown", "again while it is idle");
      const second = await driver.takeOne("two", "r2");
      same(second.sandboxId, "a", "the next hand-out");
      same(await store.giveBack(pool, first), "unknown", "an earlier token");
      await driver.reconcile("one", { discarded: [first], abandoned: ["r1"] });
      same((await driver.reconcile("two")).leased, 1, "still handed out");
      same(await store.giveBack(pool, second), "added", "the later token");
    },
  },
  {
    name: "gives back what was handed out to a request that nobody waits for, to its place by age",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(2);
      await driver.addIdle("a", "b");
      await driver.takeOne("one", "r1");
      await driver.take("one", ["r2", "r3"]);
      const { idle, waiting, leased } = await driver.reconcile("one", { abandoned: ["r1", "r3", "never asked"] });
      same([idle, waiting, leased], [1, 0, 1], "idle, waiting, leased");
      same((await driver.takeOne("one", "r4")).sandboxId, "a", "the oldest");
    },
  },
  {
    name: "evicts what nobody waits for where there is no room",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(1);
      await driver.addIdle("a");
      await driver.takeOne("one", "r1");
      await driver.addIdle("b");
      const { evicted, idle } = await driver.reconcile("one", { abandoned: ["r1"] });
      same([evicted, idle], [["a"], 1], "evicted, idle");
    },
  },
  {
    name: "forgets a process that is silent, and hands out nothing of what it had",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(3);
      await driver.addIdle("a");
      const hold = await driver.takeOne("one", "r1");
      await driver.reconcile("one", { wanted: ["x"] });
      driver.advance(OWNER_TTL_MS + 1);
      const { idle, creating, leased } = await driver.reconcile("two");
      same([idle, creating, leased], [0, 0, 0], "idle, creating, leased");
      same(await driver.store.giveBack(driver.pool, hold), "unknown", "the late release");
      const late = await driver.store.add(driver.pool, { slot: "x", sandboxId: "b", isReserved: true });
      same(late, "unknown", "the late create");
    },
  },
  {
    name: "keeps what belongs to a process that is heard",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(1);
      await driver.addIdle("a");
      const hold = await driver.takeOne("one", "r1");
      for (let times = 0; times < 5; times += 1) {
        driver.advance(OWNER_TTL_MS - 1);
        await driver.reconcile("one");
        await driver.reconcile("two");
      }
      same(await driver.store.giveBack(driver.pool, hold), "added", "the release");
    },
  },
  {
    name: "forgets a process that leaves, and gives out all idle sandboxes when it drains",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      const { store, pool } = driver;
      await driver.setTarget(3);
      await driver.addIdle("a", "b", "c");
      await driver.takeOne("one", "r1");
      await driver.takeOne("one", "r2");
      same((await store.leave(pool, { owner: "one", abandoned: ["r2"], isDraining: false })).evicted, [], "leave");
      const { idle, leased } = await driver.reconcile("two");
      same([idle, leased], [2, 0], "idle, leased");
      same((await store.leave(pool, { owner: "two", abandoned: [], isDraining: true })).evicted, ["b", "c"], "drain");
      same((await driver.reconcile("three")).idle, 0, "idle");
    },
  },
  {
    name: "keeps pools apart",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      const other = new StoreDriver({ ...harness, pool: `${harness.pool}-2` });
      await driver.setTarget(1);
      await driver.addIdle("a");
      same((await other.take("one", ["r"], false)).grants, [], "the other pool");
      same((await other.reconcile("one")).target, 0, "its target");
    },
  },
];
