import { describe, expect, it } from "vitest";
import { createRedisStore } from "./create-redis-store.js";

describe("createRedisStore", () => {
  it.each([
    [{ url: "http://127.0.0.1" }, "url"],
    [{ url: "redis://" }, "url"],
    [{}, "url"],
    [{ url: "redis://127.0.0.1", keyPrefix: "" }, "keyPrefix"],
    [{ url: "redis://127.0.0.1", ttl: 3 }, "ttl"],
  ])("refuses %j by the name of the option, and shows no address", (options, argument) => {
    expect(() => createRedisStore(options as { url: string })).toThrow(expect.objectContaining({ argument }));
    expect(() => createRedisStore({ url: "http://:SECRET@h" })).toThrow(/^(?!.*SECRET)/);
  });
});
