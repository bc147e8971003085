import { rulesInProcess, runRuleChecks } from "@rxsandbox/conformance";
import { describe, expect, it } from "vitest";
import { ownRules } from "./own-rules.js";

describe("ownRules", () => {
  it.each(["decode", "infer", "merge", "remove"] as const)(
    "keep everything that binds: %s",
    { timeout: 60_000 },
    async (op) => {
      const results = await runRuleChecks(rulesInProcess("rxsandbox", { [op]: ownRules[op] }), {
        seed: 1,
        runs: 50,
        filter: `rule/${op}/`,
      });
      expect(
        results.filter(({ level, status }) => (level === "MUST" || level === "SHOULD") && status !== "pass"),
      ).toEqual([]);
      expect(results.length).toBeGreaterThan(10);
    },
  );
});
