import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "@rxsandbox/client";
import { acquire, done, pass, poolWorld, warmUp } from "../testing/pool-world.js";

describe("releaseSandbox", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("kills the sandbox", async () => {
    const { pool, plane, eventsOf } = poolWorld();
    const { sandbox } = await acquire(pool, 3);
    await done(pool.release(sandbox as Sandbox));
    expect(plane.isAlive(sandbox?.id ?? "")).toBe(false);
    expect(eventsOf("released")).toEqual([{ type: "released", sandboxId: sandbox?.id, outcome: "killed" }]);
    await pass(3);
    expect(eventsOf("counts").at(-1)).toMatchObject({ leased: 0 });
  });

  it("makes the sandbox idle again with reuse, where there is room", async () => {
    const { pool, plane, eventsOf } = poolWorld({ target: 1 });
    await warmUp(pool);
    const first = await acquire(pool, 0.1);
    await done(pool.release(first.sandbox as Sandbox, { reuse: true }));
    expect(plane.lifeMs("s1")).toBeGreaterThan(600_000);
    const again = await acquire(pool, 0.1);
    expect(again.sandbox?.id).toBe("s1");
    await pass(5);
    await done(pool.release(again.sandbox as Sandbox, { reuse: true }));
    expect(eventsOf("released").map(({ outcome }) => outcome)).toEqual(["reused", "killed"]);
  });

  it("does nothing the second time, also when somebody else has the sandbox by then", async () => {
    const { pool, plane } = poolWorld({ target: 1 });
    await warmUp(pool);
    const first = await acquire(pool, 0.1);
    await done(pool.release(first.sandbox as Sandbox, { reuse: true }));
    const second = await acquire(pool, 0.1);
    expect(second.sandbox?.id).toBe(first.sandbox?.id);
    await done(pool.release(first.sandbox as Sandbox));
    expect(plane.isAlive(second.sandbox?.id ?? "")).toBe(true);
  });

  it("takes in a sandbox that was created for one call alone", async () => {
    const { pool, eventsOf } = poolWorld({ target: 1, onEmpty: "create", maxConcurrentCreates: 1 });
    const { sandbox } = await acquire(pool, 1.5);
    await done(pool.release(sandbox as Sandbox, { reuse: true }));
    expect(eventsOf("released").map(({ outcome }) => outcome)).toHaveLength(1);
  });

  it("errors what the kill fails with", async () => {
    const { pool, plane, eventsOf } = poolWorld();
    const { sandbox } = await acquire(pool, 3);
    plane.isKillBroken = true;
    await expect(done(pool.release(sandbox as Sandbox))).rejects.toMatchObject({ code: "server-error" });
    expect(eventsOf("kill-failed")).toHaveLength(1);
  });

  it("refuses an object that is not its own", () => {
    const { pool, plane } = poolWorld();
    expect(() => pool.release(plane.attach("s1"))).toThrow(expect.objectContaining({ argument: "sandbox" }));
  });
});
