import { describe, expect, it } from "vitest";
import type { ActiveVault } from "./vault-store.js";
import { cachedVault } from "./cached-vault.js";

const vaultOf = (value: string): ActiveVault => ({ bindings: [], valueOf: () => value });

describe("cachedVault", () => {
  function setUp(cacheMs: number) {
    const state: { nowMs: number; vault: ActiveVault | undefined } = { nowMs: 1_000, vault: undefined };
    const read = cachedVault({ load: () => state.vault, cacheMs, now: () => state.nowMs });
    return { state, value: () => read()?.valueOf("t") };
  }

  it("uses a vault for the whole time and no longer, counted from when it was read", () => {
    const { state, value } = setUp(500);
    state.vault = vaultOf("old");
    expect(value()).toBe("old");
    state.vault = vaultOf("new");
    state.nowMs += 499;
    expect(value()).toBe("old");
    state.nowMs += 1;
    expect(value()).toBe("new");
    state.vault = undefined;
    state.nowMs += 499;
    expect(value()).toBe("new");
    state.nowMs += 1;
    expect(value()).toBeUndefined();
  });

  it("looks for a vault that is not there with each request", () => {
    const { state, value } = setUp(500);
    expect(value()).toBeUndefined();
    state.vault = vaultOf("first");
    expect(value()).toBe("first");
  });

  it("keeps nothing with a time of 0", () => {
    const { state, value } = setUp(0);
    state.vault = vaultOf("old");
    expect(value()).toBe("old");
    state.vault = vaultOf("new");
    expect(value()).toBe("new");
  });
});
