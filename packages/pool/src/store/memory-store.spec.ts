import { describe, it } from "vitest";
import { storeCases } from "../store-tests/index.js";
import { createMemoryStore } from "./memory-store.js";

describe("createMemoryStore", () => {
  it.each(storeCases)("$name", async ({ run }) => {
    let nowMs = 1_000_000;
    await run({
      store: createMemoryStore({ nowMs: () => nowMs }),
      pool: "p",
      advance: (ms) => void (nowMs += ms),
    });
  });
});
