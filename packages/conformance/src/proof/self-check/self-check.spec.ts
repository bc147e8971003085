import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { embeddedSubject, type EmbeddedSubject } from "../embedded-subject.js";
import { canaries } from "./canaries.js";
import { selfCheck } from "./self-check.js";

const options = { checks: allChecks, seed: 3 };

describe("selfCheck", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  it("catches every fault that it plants in one answer of a server", async () => {
    const { status, canaries: judged } = await selfCheck(server.subject, options);
    expect(judged.filter(({ state }) => state !== "caught")).toEqual([]);
    expect(status).toBe("valid");
    expect(judged.length).toBeGreaterThanOrEqual(10);
  }, 120_000);

  it("is void where the faults are not in place", async () => {
    const some = canaries.filter(({ check }) => /^execd\/(command-exit|daemon|files-tree)\//.test(check));
    const { status, canaries: judged } = await selfCheck(server.subject, {
      ...options,
      canaries: some,
      isPlanting: false,
    });
    expect(status).toBe("void");
    expect(judged.map(({ state }) => state)).toEqual(some.map(() => "missed"));
  }, 60_000);

  it("is void where too little can be said", async () => {
    const { status } = await selfCheck(server.subject, { ...options, canaries: canaries.slice(0, 2) });
    expect(status).toBe("void");
  }, 60_000);
});
