import { describe, expect, it } from "vitest";
import { main } from "../main.js";

async function rxsandbox(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await main(["conformance", ...args], { isInteractive: false, out: async (text) => void (out += text), err: async (text) => void (err += text) });
  return { code, out, err };
}

describe("conformanceCommand", () => {
  it.each([
    ["no command", []],
    ["an unknown depth", ["server", "--depth", "deep"]],
    ["a shard that is none", ["server", "--shard", "3/2"]],
    ["a capability that is none", ["server", "--capability", "magic"]],
    ["a baseline that is none", ["server", "--execd-url", "http://127.0.0.1:9", "--baseline", "nothing"]],
    ["an id that nobody has", ["explain", "nothing"]],
  ])("answers %s with 3 and says why on standard error", async (_what, args) => {
    const { code, err } = await rxsandbox(...args);
    expect([code, err === ""]).toEqual([3, false]);
  });

  it("lists checks, clauses and counts as JSON", async () => {
    const { code, out } = await rxsandbox("list", "--json");
    const { counts, checks, clauses } = JSON.parse(out) as { readonly counts: { readonly clauses: number; readonly checks: number }; readonly checks: readonly unknown[]; readonly clauses: readonly unknown[] };
    expect(code).toBe(0);
    expect([checks.length, clauses.length]).toEqual([counts.checks, counts.clauses]);
  });

  it.each([["X03"], ["X03/no-end"], ["execd/command-exit/code"]])("explains %s", async (id) => {
    const { code, out } = await rxsandbox("explain", id);
    expect([code, out.includes("MUST")]).toEqual([0, true]);
  });
});
