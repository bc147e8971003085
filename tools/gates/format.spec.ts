import { describe, expect, it } from "vitest";
import { format } from "./format.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const violations = (files: Record<string, string>) => withPlantedTree(files, format.check);

describe("format", () => {
  it("accepts formatted files", async () => {
    const text = `// A comment keeps its ${"long ".repeat(40)}line.\n`;
    expect(await violations({ "packages/transport/src/x.ts": text, "tools/x.mjs": "export {};\n" })).toEqual([]);
  });

  it.each([
    ["packages/transport/src/x.ts", "export const a = 'x'\n"],
    ["packages/transport/src/x.ts", `export const sum = ${"1 + ".repeat(40)}1;\n`],
    ["tools/x.mjs", "export const a = {b:1};\n"],
    ["packages/conformance/assets/report.css", "a{color:red}\n"],
    ["packages/transport/tsconfig.json", '{"include":["src"]}\n'],
  ])("finds %s that is not formatted", async (path, text) => {
    expect(await violations({ [path]: text })).toEqual([`${path}: not formatted; run \`npm run format\``]);
  });

  it("names a file that cannot be parsed", async () => {
    expect((await violations({ "tools/x.mjs": "export const = ;\n" })).join("\n")).toContain("tools/x.mjs");
  });

  it("leaves prose alone", async () => {
    expect(await violations({ "docs/guide.md": "*  a\n" })).toEqual([]);
  });
});
