import { describe, expect, it } from "vitest";
import { withPlantedTree } from "./planted-tree.mjs";
import { repetition } from "./repetition.mjs";

const body = `  const words = text.split(" ").filter((word) => word !== "");
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), "");
  const shortest = words.reduce((best, word) => (word.length < best.length ? word : best), longest);
  // Comments do not count.
  const rest = words.filter((word) => word !== longest && word !== shortest);
  return [longest, shortest, ...rest].join(" ");
`;
const once = (name: string) => `export function ${name}(text: string): string {\n${body}}\n`;
const budget = (pairs: number, tokens: number) => ({ "tools/repetition-budget.json": { pairs, tokens } });
const violations = (files: Record<string, string | object>) => withPlantedTree(files, repetition.check);
const twice = {
  "packages/a/src/x.ts": once("x"),
  "packages/b/src/y.ts": once("y").replace("// Comments", "// Longer\n  // comments"),
};

describe("repetition", () => {
  it("accepts code that is written once, and repeated code in tests", async () => {
    const tests = { "packages/b/src/y.spec.ts": once("y"), "packages/b/src/testing/z.ts": once("z") };
    expect(await violations({ "packages/a/src/x.ts": once("x"), ...tests, ...budget(0, 0) })).toEqual([]);
  });

  it("finds code that is repeated in another package, with both places", async () => {
    expect(await violations({ ...twice, ...budget(0, 0) })).toEqual([
      "there is more repeated code than the budget allows: 1 pairs with 125 tokens, and the budget is 0 with 0. Write it once; the budget only falls",
      "125 tokens: packages/a/src/x.ts:1 and packages/b/src/y.ts:1",
    ]);
  });

  it("finds scripts that repeat each other", async () => {
    const script = once("x").replaceAll(": string", "");
    const files = { "tools/a.mjs": script, "tools/b/c.mjs": script, ...budget(0, 0) };
    expect(await violations(files)).toEqual(
      expect.arrayContaining([expect.stringContaining("tools/a.mjs:1 and tools/b/c.mjs:1")]),
    );
  });

  it("accepts what the budget allows, and asks to lower one that is too high", async () => {
    expect(await violations({ ...twice, ...budget(1, 125) })).toEqual([]);
    expect(await violations({ ...twice, ...budget(2, 300) })).toEqual([
      'there is less repeated code: 1 pairs with 125 tokens, and the budget is 2 with 300. Write {"pairs":1,"tokens":125} into tools/repetition-budget.json',
    ]);
  });
});
