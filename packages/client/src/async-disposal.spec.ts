import { afterEach, describe, expect, it, vi } from "vitest";
import { asyncDisposal } from "./async-disposal.js";

describe("asyncDisposal", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is called by await using", async () => {
    const dispose = vi.fn(() => Promise.resolve());
    {
      await using disposal = asyncDisposal(dispose);
      expect(Reflect.ownKeys(disposal)).toEqual([Symbol.asyncDispose]);
      expect(dispose).not.toHaveBeenCalled();
    }
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("has no member where the platform has no symbol", () => {
    vi.stubGlobal("Symbol", { iterator: Symbol.iterator });
    const disposal = asyncDisposal(() => Promise.resolve());
    vi.unstubAllGlobals();
    expect(Reflect.ownKeys(disposal)).toEqual([]);
  });
});
