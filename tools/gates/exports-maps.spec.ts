import { describe, expect, it } from "vitest";
import { exportsMaps } from "./exports-maps.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const sources = { "internal/a.ts": "export {};", "extra.ts": "export {};", "platform.ts": "export {};" };
const violations = (manifest: object) =>
  withPlantedTree(plantedPackage("transport", sources, manifest), exportsMaps.check);

const esm = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
const cjs = (name: string) => ({ types: `./dist/cjs/${name}.d.cts`, default: `./dist/cjs/${name}.cjs` });
const both = (name: string) => ({ import: esm(name), require: cjs(name) });
const dual = { main: "./dist/cjs/index.cjs", exports: { ".": both("index") } };

describe("exportsMaps", () => {
  it("accepts named entry points", async () => {
    expect(await violations({})).toEqual([]);
    expect(
      await violations({
        exports: { ".": esm("index"), "./extra": esm("extra") },
        typesVersions: { "*": { extra: ["./dist/extra.d.ts"] } },
      }),
    ).toEqual([]);
  });

  it("accepts entry points for both kinds of module", async () => {
    expect(await violations(dual)).toEqual([]);
    const platform = { require: "./dist/cjs/platform.cjs", default: "./dist/platform.js" };
    const subpath = {
      ...dual,
      exports: { ".": both("index"), "./internal": both("extra") },
      typesVersions: { "*": { internal: ["./dist/extra.d.ts"] } },
    };
    expect(await violations({ ...subpath, imports: { "#platform": platform } })).toEqual([]);
  });

  it.each([
    ["no map", { exports: undefined }],
    ["a wildcard", { exports: { ".": esm("index"), "./a/*": "./dist/index.js" } }],
    ["a target under internal", { exports: { ".": esm("index"), "./a": "./dist/internal/a.js" } }],
    [
      "a target under internal behind nested conditions",
      { exports: { ".": esm("index"), "./a": { node: { default: "./dist/internal/a.js" } } } },
    ],
    ["a source that does not exist", { exports: { ".": { "@rxsandbox/source": "./src/gone.ts", ...esm("index") } } }],
    ["a built file without a source", { exports: { ".": esm("index"), "./a": "./dist/gone.js" } }],
    [
      "a CommonJS file without a source",
      {
        exports: { ".": { ...both("index"), require: { ...cjs("index"), default: "./dist/cjs/gone.cjs" } } },
        main: "./dist/cjs/gone.cjs",
      },
    ],
    ["a private import without a source", { imports: { "#platform": "./dist/gone.js" } }],
    ["no main", { main: undefined }],
    ["a main that is an ES module beside a CommonJS build", { ...dual, main: "./dist/index.js" }],
    ["no types", { types: undefined }],
    ["a subpath that node10 does not find", { exports: { ".": esm("index"), "./extra": esm("extra") } }],
    [
      "an entry without its CommonJS build",
      {
        ...dual,
        exports: { ".": both("index"), "./extra": esm("extra") },
        typesVersions: { "*": { extra: ["./dist/extra.d.ts"] } },
      },
    ],
    ["a private import without its CommonJS build", { ...dual, imports: { "#platform": "./dist/platform.js" } }],
    [
      "declarations of an ES module under require",
      { ...dual, exports: { ".": { import: esm("index"), require: { ...cjs("index"), types: "./dist/index.d.ts" } } } },
    ],
    [
      "CommonJS under import",
      {
        ...dual,
        exports: {
          ".": { import: { types: "./dist/index.d.ts", default: "./dist/cjs/index.cjs" }, require: cjs("index") },
        },
      },
    ],
    [
      "types after default",
      {
        ...dual,
        exports: {
          ".": { import: esm("index"), require: { default: "./dist/cjs/index.cjs", types: "./dist/cjs/index.d.cts" } },
        },
      },
    ],
  ])("finds %s", async (_what, manifest) => {
    expect(await violations(manifest)).toHaveLength(1);
  });

  it("finds a CommonJS build that needs a package without one", async () => {
    const tree = {
      ...plantedPackage("protocol", {}),
      ...plantedPackage("transport", {}, { ...dual, dependencies: { "@rxsandbox/protocol": "0.1.0" } }),
    };
    expect(await withPlantedTree(tree, exportsMaps.check)).toEqual([
      "packages/transport/package.json: depends on @rxsandbox/protocol, which has no CommonJS build",
    ]);
  });
});
