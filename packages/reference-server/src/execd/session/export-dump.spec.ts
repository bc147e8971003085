import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseExports, quoteShell } from "./export-dump.js";

const PROGRAM = "export -p";

describe("parseExports", () => {
  it("reads back any values that a real shell exports", () => {
    const value = fc.string({
      unit: fc.constantFrom("a", "'", '"', "\\", "$", "`", "\n", "\r", "\t", "é", "😀", " ", "=", "!", "\x01"),
    });
    const variables = fc.dictionary(fc.stringMatching(/^V[A-Za-z0-9_]{0,8}$/), value, { maxKeys: 5 });
    fc.assert(
      fc.property(variables, (expected) => {
        const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", ...expected };
        const dump = spawnSync("bash", ["--noprofile", "--norc", "-c", PROGRAM], { env, encoding: "utf8" }).stdout;
        const parsed = Object.fromEntries([...parseExports(dump)].filter(([name]) => name.startsWith("V")));
        expect(parsed).toEqual({ ...expected });
      }),
      { numRuns: 60 },
    );
  });

  it("skips lines that are no declarations and drops prompts", () => {
    const dump = ["inside", 'declare -x A="1"', 'declare -x PS1="$ "', "declare -x EMPTY", "export B='2'"].join("\n");
    expect([...parseExports(dump)]).toEqual([
      ["A", "1"],
      ["EMPTY", ""],
      ["B", "2"],
    ]);
  });

  it("drops values above 8 KiB", () => {
    expect(parseExports(`declare -x A="${"x".repeat(8193)}"`).size).toBe(0);
  });
});

describe("quoteShell", () => {
  it("survives a real shell, for any text without NUL", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "'", '"', "\\", "$", "`", "\n", "!", "é", "*") });
    fc.assert(
      fc.property(text, (value) => {
        expect(spawnSync("bash", ["-c", `printf %s ${quoteShell(value)}`], { encoding: "utf8" }).stdout).toBe(value);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
