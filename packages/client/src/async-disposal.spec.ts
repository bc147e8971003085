import { afterEach, describe, expect, it, vi } from "vitest";
import { createAsyncDisposal } from "./async-disposal.js";

describe("createAsyncDisposal", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is called by await using", async () => {
    const dispose = vi.fn(() => Promise.resolve());
    {
      await using disposal = createAsyncDisposal(dispose);
      expect(Reflect.ownKeys(disposal)).toEqual([Symbol.asyncDispose]);
      expect(dispose).not.toHaveBeenCalled();
    }
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("has no member where the platform has no symbol", () => {
    vi.stubGlobal("Symbol", { iterator: Symbol.iterator });
    const disposal = createAsyncDisposal(() => Promise.resolve());
    vi.unstubAllGlobals();
    expect(Reflect.ownKeys(disposal)).toEqual([]);
  });
});
