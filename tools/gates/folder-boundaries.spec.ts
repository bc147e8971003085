import { describe, expect, it } from "vitest";
import { layers } from "./arrows.mjs";
import { folderBoundaries } from "./folder-boundaries.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const folders = Object.fromEntries((layers["conformance"] ?? []).map((name) => [`${name}/a.ts`, "export {};\n"]));

async function violations(sources: Record<string, string>, shortName = "conformance"): Promise<readonly string[]> {
  return withPlantedTree(plantedPackage(shortName, { ...folders, ...sources }), folderBoundaries.check);
}

describe("folderBoundaries", () => {
  it("accepts imports of the own folder and of lower ones, and everything in entry points and specs", async () => {
    expect(
      await violations({
        "report/html/b.ts": 'import { a } from "../a.js";\nimport type { b } from "../../model/a.js";',
        "index.ts": 'export { a } from "./proof/a.js";',
        "model/a.spec.ts": 'import { a } from "../proof/a.js";\nimport { index } from "../index.js";',
      }),
    ).toEqual([]);
  });

  it.each([
    ["a load", "import { b }"],
    ["a type", "import type { B }"],
    ["a re-export", "export { b }"],
  ])("finds %s that goes up", async (_what, statement) => {
    expect(await violations({ "model/b.ts": `\n${statement} from "../engine/run/b.js";` })).toEqual([
      'packages/conformance/src/model/b.ts:2: "../engine/run/b.js" goes up: model stands below engine',
    ]);
  });

  it("finds the import of an entry point", async () => {
    expect(await violations({ "proof/b.ts": 'import { a } from "../index.js";' })).toEqual([
      'packages/conformance/src/proof/b.ts:1: "../index.js" is an entry point; import the file that it exports from',
    ]);
  });

  it("finds a folder without a place, and a place without a folder", async () => {
    const { "gateway/a.ts": _, ...rest } = folders;
    const files = plantedPackage("conformance", { ...rest, "helpers/b.ts": "export {};" });
    expect(await withPlantedTree(files, folderBoundaries.check)).toEqual([
      "packages/conformance/src/helpers: has no place in the layers of tools/gates/arrows.mjs",
      "packages/conformance/src/gateway: is in the layers of tools/gates/arrows.mjs, but does not exist",
    ]);
  });

  it("asks nothing of a package without layers", async () => {
    expect(await violations({ "model/b.ts": 'import { b } from "../engine/b.js";' }, "transport")).toEqual([]);
  });

  it("keeps every package at no more than eight folders", () => {
    for (const order of Object.values(layers)) expect(order.length).toBeLessThanOrEqual(8);
  });
});
