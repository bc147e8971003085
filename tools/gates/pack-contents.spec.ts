import { describe, expect, it } from "vitest";
import { packContents } from "./pack-contents.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const dist = (name: string) => ({ [`packages/transport/dist/${name}.js`]: "export {};\n", [`packages/transport/dist/${name}.d.ts`]: "export {};\n" });

function violations(files: Record<string, string>, manifest: object = {}) {
  const root = { "package.json": { name: "planted", private: true, workspaces: ["packages/*"] } };
  const pkg = plantedPackage("transport", {}, { files: ["dist", "src", "!**/*.spec.ts", "!**/*.tsbuildinfo"], ...manifest });
  return withPlantedTree({ ...root, ...pkg, ...files }, packContents.check);
}

describe("packContents", () => {
  it("accepts sources, their build and nothing else", async () => {
    const noise = { "packages/transport/src/a.spec.ts": "export {};\n", "packages/transport/tsconfig.json": "{}", "packages/transport/x.tsbuildinfo": "{}" };
    expect(await violations({ ...dist("index"), "packages/transport/dist/index.js.map": "{}", ...noise })).toEqual([]);
  });

  it("accepts data that the manifest names", async () => {
    const data = { "packages/transport/rules.yaml": "a: 1\n", "packages/transport/corpus/a.json": "{}" };
    expect(await violations({ ...dist("index"), ...data }, { files: ["dist", "src", "rules.yaml", "corpus"] })).toEqual([]);
  });

  it("finds a promised file that would be missing", async () => {
    expect(await violations({})).toEqual(expect.arrayContaining([expect.stringContaining('"dist/index.js" would be missing')]));
    expect(await violations(dist("index"), { bin: { rxsandbox: "./dist/bin.js" } })).toEqual(['packages/transport: "dist/bin.js" would be missing']);
  });

  it("finds a spec, a leftover of a removed source and a stray file", async () => {
    expect(await violations({ ...dist("index"), "packages/transport/src/a.spec.ts": "export {};\n" }, { files: ["dist", "src"] })).toHaveLength(1);
    expect(await violations({ ...dist("index"), ...dist("removed") })).toHaveLength(2);
    expect(await violations({ ...dist("index"), "packages/transport/dist/secret.txt": "x" })).toHaveLength(1);
  });
});
