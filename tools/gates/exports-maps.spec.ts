import { describe, expect, it } from "vitest";
import { exportsMaps } from "./exports-maps.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const violations = (manifest: object) => withPlantedTree(plantedPackage("transport", { "internal/a.ts": "export {};" }, manifest), exportsMaps.check);

describe("exportsMaps", () => {
  it("accepts named entry points", async () => {
    expect(await violations({})).toEqual([]);
  });

  it.each([
    ["no map", { exports: undefined }],
    ["a wildcard", { exports: { "./a/*": "./dist/index.js" } }],
    ["a target under internal", { exports: { "./a": "./dist/internal/a.js" } }],
    ["a target under internal behind nested conditions", { exports: { "./a": { node: { default: "./dist/internal/a.js" } } } }],
    ["a source that does not exist", { exports: { ".": { "@rxsandbox/source": "./src/gone.ts" } } }],
    ["a built file without a source", { exports: { ".": "./dist/gone.js" } }],
    ["a private import without a source", { imports: { "#platform": "./dist/gone.js" } }],
  ])("finds %s", async (_what, manifest) => {
    expect(await violations(manifest)).toHaveLength(1);
  });
});
