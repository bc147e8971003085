import { describe, expect, it } from "vitest";
import type { PoolOptions } from "./pool.js";
import { readPoolOptions } from "./read-pool-options.js";

const valid: PoolOptions = { name: "p", target: 2, create: { image: "i" } };

describe("readPoolOptions", () => {
  it("fills in the defaults", () => {
    expect(readPoolOptions(valid)).toMatchObject({
      create: { image: "i", timeoutSeconds: 600 },
      maxIdleSeconds: 600,
      onEmpty: "wait",
      acquireTimeoutSeconds: 60,
      maxConcurrentCreates: 4,
      store: { isShared: false },
    });
  });

  it.each([
    [{ name: "a b" }, "name"],
    [{ target: -1 }, "target"],
    [{ create: { image: "i", timeoutSeconds: null } }, "create.timeoutSeconds"],
    [{ create: { image: "i", timeoutSeconds: 59 } }, "create.timeoutSeconds"],
    [{ maxIdleSeconds: 0 }, "maxIdleSeconds"],
    [{ onEmpty: "block" as "wait" }, "onEmpty"],
    [{ acquireTimeoutSeconds: Infinity }, "acquireTimeoutSeconds"],
    [{ maxConcurrentCreates: 0 }, "maxConcurrentCreates"],
    [{ prepare: 3 as unknown as () => [] }, "prepare"],
    [{ size: 3 }, "size"],
  ])("refuses %j by the name of the option", (options, argument) => {
    expect(() => readPoolOptions({ ...valid, ...(options as Partial<PoolOptions>) })).toThrow(
      expect.objectContaining({ argument }),
    );
  });
});
