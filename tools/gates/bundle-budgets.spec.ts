import { describe, expect, it } from "vitest";
import { bundleBudgets } from "./bundle-budgets.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const client = "node_modules/@rxsandbox/client";

function violations(code: string, platform: Record<string, string> = {}) {
  const budget = {
    name: "client",
    entry: 'export * from "@rxsandbox/client";',
    external: [],
    maxBytes: 200,
    maxGzipBytes: 150,
  };
  const files = {
    "tools/bundle-budgets.json": [budget],
    [`${client}/package.json`]: {
      name: "@rxsandbox/client",
      type: "module",
      exports: "./index.js",
      imports: { "#platform": { node: "./node.js", default: "./default.js", ...platform } },
    },
    [`${client}/index.js`]: code,
    [`${client}/node.js`]: 'export { readFileSync as transport } from "node:fs";',
    [`${client}/default.js`]: "export const transport = fetch;",
    "node_modules/undici/package.json": { name: "undici", type: "module", exports: "./index.js" },
    "node_modules/undici/index.js": "export const request = 1;",
  };
  return withPlantedTree(files, bundleBudgets.check);
}

describe("bundleBudgets", () => {
  it("accepts a small bundle that takes the browser's file", async () => {
    expect(await violations('export * from "#platform";')).toEqual([]);
  });

  it("finds a Node module", async () => {
    expect(await violations('export * from "#platform";', { default: "./node.js" })).toEqual([
      expect.stringContaining("node:fs"),
    ]);
    expect(await violations('import "node:crypto";')).toHaveLength(1);
  });

  it("finds undici", async () => {
    expect(await violations('export * from "undici";')).toEqual([expect.stringContaining("undici")]);
  });

  it("finds a bundle over its budget, minified and gzipped", async () => {
    const noise = Array.from({ length: 400 }, (_, index) => ((index * 2654435761) % 4294967296).toString(36)).join("");
    expect(await violations(`export const noise = "${noise}";`)).toHaveLength(2);
  });
});
