import { describe, expect, it } from "vitest";
import { contentViolations, packContents } from "./pack-contents.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const dist = (name: string) => ({
  [`packages/transport/dist/${name}.js`]: "export {};\n",
  [`packages/transport/dist/${name}.d.ts`]: "export {};\n",
});

function violations(files: Record<string, string>, manifest: object = {}) {
  const root = { "package.json": { name: "planted", private: true, workspaces: ["packages/*"] } };
  const pkg = plantedPackage(
    "transport",
    {},
    { files: ["dist", "src", "!**/*.spec.ts", "!**/*.tsbuildinfo"], ...manifest },
  );
  return withPlantedTree({ ...root, ...pkg, ...files }, packContents.check);
}

describe("packContents", () => {
  it("accepts sources, their build and nothing else", async () => {
    const noise = {
      "packages/transport/src/a.spec.ts": "export {};\n",
      "packages/transport/tsconfig.json": "{}",
      "packages/transport/x.tsbuildinfo": "{}",
    };
    expect(await violations({ ...dist("index"), "packages/transport/dist/index.js.map": "{}", ...noise })).toEqual([]);
  });

  it("accepts data that the manifest names", async () => {
    const data = { "packages/transport/rules.yaml": "a: 1\n", "packages/transport/corpus/a.json": "{}" };
    expect(await violations({ ...dist("index"), ...data }, { files: ["dist", "src", "rules.yaml", "corpus"] })).toEqual(
      [],
    );
  });

  const entry = {
    import: { types: "./dist/index.d.ts", default: "./dist/index.js" },
    require: { types: "./dist/cjs/index.d.cts", default: "./dist/cjs/index.cjs" },
  };
  const dual = { main: "./dist/cjs/index.cjs", exports: { ".": entry } };
  const cjs = {
    "packages/transport/dist/cjs/index.cjs": "exports.a = 1;\n",
    "packages/transport/dist/cjs/index.d.cts": "export declare const a = 1;\n",
  };

  it("accepts a CommonJS build and what its entries share", async () => {
    const shared = {
      "packages/transport/dist/cjs/index.cjs.map": "{}",
      "packages/transport/dist/cjs/shared/a.cjs": "exports.a = 1;\n",
    };
    expect(await violations({ ...dist("index"), ...cjs, ...shared }, dual)).toEqual([]);
  });

  it("looks at the kinds of the packed modules", async () => {
    expect(
      await violations({ ...dist("index"), ...cjs, "packages/transport/dist/cjs/index.cjs": "export {};\n" }, dual),
    ).toEqual(['packages/transport: "dist/cjs/index.cjs" is an ES module']);
  });

  it("finds a promised file that would be missing", async () => {
    expect(await violations({})).toEqual(
      expect.arrayContaining([expect.stringContaining('"dist/index.js" would be missing')]),
    );
    expect(await violations(dist("index"), { bin: { rxsandbox: "./dist/bin.js" } })).toEqual([
      'packages/transport: "dist/bin.js" would be missing',
    ]);
  });

  it("finds a spec, a leftover of a removed source and a stray file", async () => {
    expect(
      await violations(
        { ...dist("index"), "packages/transport/src/a.spec.ts": "export {};\n" },
        { files: ["dist", "src"] },
      ),
    ).toHaveLength(1);
    expect(await violations({ ...dist("index"), ...dist("removed") })).toHaveLength(2);
    expect(await violations({ ...dist("index"), "packages/transport/dist/secret.txt": "x" })).toHaveLength(1);
  });
});

describe("contentViolations", () => {
  const problems = (manifest: object, packed: string[]) =>
    contentViolations({ manifest, files: [], folder: "packages/transport" }, packed);

  it.each([
    ["main", { main: "./gone.cjs" }],
    ["types", { types: "./gone.cjs" }],
    ["subpath types", { typesVersions: { "*": { a: ["./gone.cjs"] } } }],
    ["an entry", { exports: { ".": { require: "./gone.cjs" } } }],
    ["a private import", { imports: { "#a": { require: "./gone.cjs" } } }],
  ])("finds %s that would be missing", (_what, manifest) => {
    expect(problems(manifest, ["package.json"])).toEqual(['"gone.cjs" would be missing']);
  });

  it("finds a bundle that no entry names", () => {
    expect(problems({}, ["dist/cjs/other.cjs"])).toEqual(['"dist/cjs/other.cjs" does not belong into the package']);
  });
});
