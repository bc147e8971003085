import { describe, expect, it } from "vitest";
import { withPlantedTree } from "./planted-tree.mjs";
import { unusedCode } from "./unused-code.mjs";

const tree = {
  "package.json": { name: "planted", private: true, type: "module", workspaces: ["packages/*"] },
  "tools/knip.json": { workspaces: { "packages/*": { entry: ["src/index.ts"], project: ["src/**/*.ts"] } } },
  "packages/transport/package.json": { name: "@rxsandbox/transport", type: "module", exports: "./src/index.ts" },
  "packages/transport/tsconfig.json": { compilerOptions: { module: "esnext", moduleResolution: "bundler" } },
  "packages/transport/src/index.ts": 'export { used } from "./used.js";\n',
  "packages/transport/src/used.ts": "export const used = 1;\n",
};

describe("unusedCode", () => {
  it("accepts a tree in which everything is used", async () => {
    expect(await withPlantedTree(tree, unusedCode.check)).toEqual([]);
  });

  it("finds a file, an export and a dependency that nobody uses", async () => {
    const planted = {
      ...tree,
      "packages/transport/package.json": {
        ...tree["packages/transport/package.json"],
        dependencies: { "left-pad": "1.0.0" },
      },
      "packages/transport/src/used.ts": "export const used = 1;\nexport const surplus = 2;\n",
      "packages/transport/src/lonely.ts": "export const lonely = 1;\n",
    };
    const found = (await withPlantedTree(planted, unusedCode.check)).join("\n");
    expect(found).toContain("lonely.ts");
    expect(found).toContain("surplus");
    expect(found).toContain("left-pad");
  });
});
