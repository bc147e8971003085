import type { Hold } from "../store/pool-store.js";
import { OWNER_TTL_MS, StoreDriver, type StoreCase } from "./store-harness.js";

const STEPS = 400;

/** Random histories of several processes, some of which die; the seed is part of the name. */
export const randomCases: readonly StoreCase[] = [1, 2, 3].map((seed) => ({
  name: `hands out only what is idle, and forgets nothing, in a random history (seed ${seed})`,
  run: (harness) => history(new StoreDriver(harness), seed),
}));

/** The other side of the calls: what the processes know they have. */
async function history(driver: StoreDriver, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const idle = new Set<string>();
  const holds = new Map<string, { readonly hold: Hold; readonly owner: string }>();
  const tokens = new Set<string>();
  const waiting = new Map<string, string>();
  let ids = 0;
  const id = (kind: string) => `${kind}${(ids += 1)}`;
  const left = (sandboxIds: readonly string[]) => {
    for (const sandboxId of sandboxIds)
      if (!idle.delete(sandboxId)) throw new Error(`${sandboxId} was evicted, which was not idle`);
  };
  await driver.setTarget(6);

  const take = async (owner: string, requestIds: readonly string[], isWaiting: boolean): Promise<void> => {
    const { grants } = await driver.take(owner, requestIds, isWaiting);
    for (const grant of grants) {
      if (!idle.delete(grant.sandboxId)) throw new Error(`${grant.sandboxId} was handed out, which was not idle`);
      if (tokens.has(grant.token)) throw new Error(`the token ${grant.token} was given twice`);
      tokens.add(grant.token);
      waiting.delete(grant.requestId);
      holds.set(grant.requestId, { hold: grant, owner });
    }
    if (isWaiting) for (const requestId of requestIds) if (!holds.has(requestId)) waiting.set(requestId, owner);
  };

  const steps: readonly ((owner: string) => Promise<void>)[] = [
    async () => {
      const sandboxId = id("s");
      const [answer] = await driver.addIdle(sandboxId);
      if (answer === "added") idle.add(sandboxId);
    },
    (owner) => take(owner, [id("r"), id("r")].slice(pick(2)), pick(2) === 0),
    (owner) =>
      take(
        owner,
        [...waiting].flatMap(([request, waiter]) => (waiter === owner ? [request] : [])),
        true,
      ),
    async () => {
      const [requestId, entry] = [...holds][pick(holds.size)] ?? [];
      if (requestId === undefined || entry === undefined) return;
      holds.delete(requestId);
      const answer = await driver.store.giveBack(driver.pool, entry.hold);
      if (answer === "unknown") throw new Error(`the pool forgot ${entry.hold.sandboxId}`);
      if (answer === "added") idle.add(entry.hold.sandboxId);
    },
    async (owner) => {
      const [requestId, entry] = [...holds].filter(([, other]) => other.owner === owner)[0] ?? [];
      const abandoned = requestId === undefined ? [] : [requestId];
      if (requestId !== undefined) holds.delete(requestId);
      if (entry !== undefined) idle.add(entry.hold.sandboxId);
      left((await driver.reconcile(owner, { abandoned })).evicted);
    },
    async (owner) => {
      const [requestId, entry] = [...holds][pick(holds.size)] ?? [];
      if (requestId !== undefined) holds.delete(requestId);
      left((await driver.reconcile(owner, { discarded: entry === undefined ? [] : [entry.hold] })).evicted);
    },
    async (owner) => {
      // The process dies, and is missed.
      driver.advance(OWNER_TTL_MS + 1);
      for (const [requestId, waiter] of waiting) if (waiter !== "survivor") waiting.delete(requestId);
      const dead = [...holds].filter(([, entry]) => entry.owner !== "survivor");
      await driver.take("survivor", []);
      left((await driver.reconcile("survivor")).evicted);
      for (const [requestId, { hold }] of dead) {
        holds.delete(requestId);
        const answer = await driver.store.giveBack(driver.pool, hold);
        if (answer !== "unknown") throw new Error(`${owner} was silent, and its ${hold.sandboxId} is ${answer}`);
      }
    },
  ];

  for (let step = 0; step < STEPS; step += 1) {
    // Deaths are rare.
    const kind = pick(40) === 0 ? steps.length - 1 : pick(steps.length - 1);
    await steps[kind]?.(["one", "two", "survivor"][pick(3)] ?? "one");
    if (step % 10 !== 0) continue;
    const counts = await driver.reconcile("survivor");
    left(counts.evicted);
    if (counts.idle !== idle.size || counts.leased !== holds.size || counts.waiting !== waiting.size)
      throw new Error(`step ${step}: ${JSON.stringify(counts)}, not ${idle.size}, ${holds.size}, ${waiting.size}`);
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
