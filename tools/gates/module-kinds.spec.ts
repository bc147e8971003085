import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { moduleKindViolations } from "./module-kinds.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const entry = {
  import: { types: "./dist/index.d.ts", default: "./dist/index.js" },
  require: { types: "./dist/cjs/index.d.cts", default: "./dist/cjs/index.cjs" },
};
const healthy = {
  "dist/index.js": "export const a = 1;\n",
  "dist/index.d.ts": "export declare const a = 1;\n",
  "dist/cjs/index.cjs": "exports.a = 1;\n",
  "dist/cjs/index.d.cts": 'export * from "./a.cjs";\n',
  "dist/cjs/a.d.cts": "export declare const a = 1;\n",
};

function violations(changed: Record<string, string>) {
  const files = { ...healthy, ...changed };
  const tree = Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/transport/${path}`, text]));
  return withPlantedTree({ ...plantedPackage("transport", {}), ...tree }, (root) =>
    moduleKindViolations(join(root, "packages/transport"), { exports: { ".": entry } }, Object.keys(files)),
  );
}

describe("moduleKindViolations", () => {
  it("accepts an ES module beside CommonJS", async () => {
    expect(await violations({})).toEqual([]);
  });

  it.each([
    [
      "an ES module named .cjs",
      { "dist/cjs/index.cjs": "export const a = 1;\n" },
      '"dist/cjs/index.cjs" is an ES module',
    ],
    [
      "an ES module among what the bundles share",
      { "dist/cjs/shared/a.cjs": "export const a = 1;\n" },
      '"dist/cjs/shared/a.cjs" is an ES module',
    ],
    ["an empty bundle", { "dist/cjs/index.cjs": "\n" }, '"dist/cjs/index.cjs" exports nothing'],
    [
      "CommonJS named .js",
      { "dist/index.js": '"use strict";\nexports.a = 1;\n' },
      '"dist/index.js" is not an ES module',
    ],
    [
      "declarations that are not packed",
      { "dist/cjs/index.d.cts": 'export * from "./b.cjs";\n' },
      '"dist/cjs/index.d.cts" refers to "dist/cjs/b.d.cts", which is not a packed .d.cts file',
    ],
    [
      "declarations of an ES module",
      { "dist/cjs/index.d.cts": 'export * from "../index.js";\n' },
      '"dist/cjs/index.d.cts" refers to "dist/index.js", which is not a packed .d.cts file',
    ],
  ])("finds %s", async (_what, changed, problem) => {
    expect(await violations(changed)).toEqual([problem]);
  });
});
