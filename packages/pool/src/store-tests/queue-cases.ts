import { StoreDriver, WAITER_TTL_MS, handedOut, same, type StoreCase } from "./store-harness.js";

/** Hand-outs, and who comes first. */
export const queueCases: readonly StoreCase[] = [
  {
    name: "hands out each idle sandbox once, the one that was idle for longest first",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(3);
      same(await driver.addIdle("c", "a", "b"), ["added", "added", "added"], "adds");
      const ids = ["r1", "r2", "r3", "r4"];
      const answer = await driver.take("one", ids, false);
      same(handedOut(answer, ids), ["c", "a", "b", undefined], "hand-outs");
      same(new Set(answer.grants.map(({ token }) => token)).size, 3, "different tokens");
    },
  },
  {
    name: "answers a repeated take as it did at first",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(2);
      await driver.addIdle("a", "b");
      const first = await driver.takeOne("one", "r");
      same(await driver.takeOne("one", "r"), first, "the second answer");
      same((await driver.reconcile("one")).idle, 1, "idle");
    },
  },
  {
    name: "serves those who wait in the order in which they came, whatever their process",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.take("one", ["r1"]);
      await driver.take("two", ["r2", "r3"]);
      await driver.take("one", ["r1", "r4"]);
      await driver.addIdle("a", "b");
      same(handedOut(await driver.take("two", ["r2", "r3"]), ["r2", "r3"]), ["a", undefined], "two");
      same(handedOut(await driver.take("one", ["r1", "r4"]), ["r1", "r4"]), ["b", undefined], "one");
      await driver.addIdle("c");
      same(handedOut(await driver.take("one", ["r4"]), ["r4"]), [undefined], "the last, too early");
      same(handedOut(await driver.take("two", ["r3"]), ["r3"]), ["c"], "the third");
    },
  },
  {
    name: "lets nobody who does not wait overtake those who do",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.take("one", ["r1"]);
      await driver.addIdle("a");
      same((await driver.take("two", ["r2"], false)).grants, [], "the one who does not wait");
      same(handedOut(await driver.take("one", ["r1"]), ["r1"]), ["a"], "the one who waits");
    },
  },
  {
    name: "remembers nobody who does not wait",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.take("one", ["r1"], false);
      same((await driver.reconcile("one")).waiting, 0, "waiting");
    },
  },
  {
    name: "keeps the place of one who asks again after a dead sandbox",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(1);
      await driver.addIdle("dead");
      const { place, ...hold } = await driver.takeOne("one", "r1");
      await driver.take("two", ["r2"]);
      await driver.reconcile("one", { discarded: [hold] });
      await driver.take("one", ["r1 again"], true, place);
      await driver.addIdle("a");
      same((await driver.take("two", ["r2"])).grants, [], "the one behind");
      same(handedOut(await driver.take("one", ["r1 again"]), ["r1 again"]), ["a"], "the one in front");
    },
  },
  {
    name: "does not let a process that is silent hold up the others, and keeps its place when it is back",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      const { places } = await driver.take("one", ["r1"]);
      await driver.take("two", ["r2", "r3"]);
      await driver.addIdle("a");
      driver.advance(WAITER_TTL_MS + 1);
      same(handedOut(await driver.take("two", ["r2", "r3"]), ["r2", "r3"]), ["a", undefined], "the others");
      await driver.take("one", ["r1"], true, places["r1"]);
      await driver.addIdle("b");
      same((await driver.take("two", ["r3"])).grants, [], "the one behind");
      same(handedOut(await driver.take("one", ["r1"]), ["r1"]), ["b"], "the one that is back");
    },
  },
  {
    name: "tells when a sandbox became idle, for each pool apart",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      let hints = 0;
      const subscription = driver.store
        .changes(driver.pool)
        .subscribe({ next: () => (hints += 1), error: () => (hints = Infinity) });
      const other = driver.store
        .changes(`${driver.pool}-2`)
        .subscribe({ next: () => (hints += 1000), error: () => (hints = Infinity) });
      await driver.setTarget(1);
      for (let tries = 0; hints === 0 && tries < 200; tries += 1) {
        const [grant] = (await driver.take("one", [`r${tries}`], false)).grants;
        if (grant !== undefined) await driver.reconcile("one", { discarded: [grant] });
        await driver.addIdle(`a${tries}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      subscription.unsubscribe();
      other.unsubscribe();
      if (hints === 0 || hints >= 1000) throw new Error(`${hints} hints`);
    },
  },
  {
    name: "hands out nothing twice when many ask at the same time",
    run: async (harness) => {
      const driver = new StoreDriver(harness);
      await driver.setTarget(40);
      await driver.addIdle(...Array.from({ length: 40 }, (_, index) => `s${index}`));
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => driver.take(`owner ${index % 7}`, [`r${index}`], index % 2 === 0)),
      );
      const ids = answers.flatMap(({ grants }) => grants.map(({ sandboxId }) => sandboxId));
      same([ids.length, new Set(ids).size], [40, 40], "hand-outs, and different ones");
    },
  },
];
