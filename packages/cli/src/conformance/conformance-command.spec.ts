import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../main.js";

async function rxsandbox(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await main(["conformance", ...args], {
    isInteractive: false,
    out: async (text) => void (out += text),
    err: async (text) => void (err += text),
  });
  return { code, out, err };
}

describe("conformanceCommand", () => {
  it.each([
    ["no command", []],
    ["an unknown depth", ["server", "--depth", "deep"]],
    ["an invalid shard", ["server", "--shard", "3/2"]],
    ["an unknown capability", ["server", "--capability", "magic"]],
    ["an unknown baseline", ["server", "--execd-url", "http://127.0.0.1:9", "--baseline", "nothing"]],
    ["an id that nobody has", ["explain", "nothing"]],
    ["a case that is not there", ["replay", "/nowhere/case.json", "--execd-url", "http://127.0.0.1:9"]],
    ["a file that is not a report", ["diff", import.meta.filename, import.meta.filename]],
    ["no report", ["matrix"]],
    ["an echo service at no name", ["server", "--embedded", "spec", "--echo-url", "http://localhost:8080/"]],
    ["an invalid variable", ["server", "--embedded", "spec", "--env", "=x"]],
    ["a secret that no report could hide", ["server", "--embedded", "spec", "--env", "MY_TOKEN=abc"]],
  ])("answers %s with 3 and says why on standard error", async (_what, args) => {
    const { code, err } = await rxsandbox(...args);
    expect([code, err === ""]).toEqual([3, false]);
  });

  it("lists checks, clauses and counts as JSON", async () => {
    const { code, out } = await rxsandbox("list", "--json");
    const { counts, checks, clauses } = JSON.parse(out) as {
      readonly counts: { readonly clauses: number; readonly checks: number };
      readonly checks: readonly unknown[];
      readonly clauses: readonly unknown[];
    };
    expect(code).toBe(0);
    expect([checks.length, clauses.length]).toEqual([counts.checks, counts.clauses]);
  });

  it.each([["X03"], ["X03/no-end"], ["execd/command-exit/code"]])("explains %s", async (id) => {
    const { code, out } = await rxsandbox("explain", id);
    expect([code, out.includes("MUST")]).toEqual([0, true]);
    expect(out).toMatch(/^  see https:.*\/docs\/protocol\/[a-z-]+\.md#[\w.]+$/m);
  });

  it("judges a server, writes every report, and replays, compares and lays side by side what it wrote", async () => {
    const out = await mkdtemp(join(tmpdir(), "rx-cli-reports-"));
    try {
      const judged = await rxsandbox(
        "server",
        "--embedded",
        "spec",
        "--depth",
        "quick",
        "--seed",
        "1",
        "--filter",
        "execd/command-exit/code",
        "--out",
        out,
      );
      expect(judged.out).toContain(`Report: ${join(out, "report.html")}`);
      const report = join(out, "report.json");
      expect(await rxsandbox("diff", report, report)).toEqual({ code: 0, out: "no difference\n", err: "" });
      expect((await rxsandbox("matrix", `mine=${report}`, report)).out).toContain("| mine |");
      expect((await rxsandbox("matrix", report, "--out", join(out, "matrix.html"))).code).toBe(0);
      const made = join(out, "case.json");
      await writeFile(
        made,
        JSON.stringify({
          schema: 1,
          check: "execd/command-exit/code",
          reason: { clause: "execd.exit.code", invariant: "wrong-exit" },
          seed: 1,
          depth: "quick",
          path: "direct",
          operations: [],
        }),
      );
      const replayed = await rxsandbox("replay", made, "--embedded", "spec");
      expect([replayed.code, replayed.out]).toEqual([0, "FIXED: execd/command-exit/code passes 3 times out of 3\n"]);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 60_000);
});
