import { describe, expect, it } from "vitest";
import { lint } from "./lint.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const violations = (text: string) => withPlantedTree({ "packages/transport/src/x.ts": text }, lint.check);

describe("lint", () => {
  it("accepts a clean file", async () => {
    expect(await violations("export const a = 1;\n")).toEqual([]);
  });

  it.each([
    "debugger;",
    "export const f = (a: any) => a;",
    "export const f = (a: number) => a == 1;",
    "const unused = 1;",
    'console.log("left over");',
  ])("finds %s", async (text) => {
    expect((await violations(`${text}\n`)).join("\n")).toContain("packages/transport/src/x.ts:1");
  });
});
