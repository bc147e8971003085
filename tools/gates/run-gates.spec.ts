import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allGates } from "./all-gates.mjs";
import { toolRoot } from "./run-tool.mjs";
import { runGates } from "./run-gates.mjs";

describe("runGates", () => {
  it("goes on after a failure and after a gate that throws", async () => {
    const said: string[] = [];
    const gates = [
      { name: "a", check: () => ["x.ts:1: wrong"] },
      { name: "b", check: () => Promise.reject(new Error("broken")) },
      { name: "c", check: () => [] },
    ];
    expect(await runGates(gates, ".", (line) => said.push(line))).toEqual({ passed: 1, failed: 2 });
    expect(said.slice(0, 3)).toEqual(["FAILED a", "       x.ts:1: wrong", "FAILED b"]);
    expect(said.at(-1)).toBe("ok     c");
  });
});

describe("allGates", () => {
  it("have a spec each, with a planted failure", () => {
    const gates = readdirSync(`${toolRoot}tools/gates`).filter((name) => name.endsWith(".mjs"));
    const support = [
      "all-gates.mjs",
      "arrows.mjs",
      "commonjs-exports.mjs",
      "export-targets.mjs",
      "imports.mjs",
      "legacy-fields.mjs",
      "module-kinds.mjs",
      "planted-tree.mjs",
      "run-gates.mjs",
      "run-tool.mjs",
      "source-paths.mjs",
      "workspace.mjs",
    ];
    const files = gates.filter((name) => !support.includes(name));
    expect(files).toHaveLength(allGates.length);
    for (const file of files)
      expect(existsSync(`${toolRoot}tools/gates/${file.replace(".mjs", ".spec.ts")}`)).toBe(true);
  });
});
