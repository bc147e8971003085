import { describe, expect, it } from "vitest";
import { cyclesOf, importCycles } from "./import-cycles.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

describe("cyclesOf", () => {
  it("finds a loop, a cycle and nothing else", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["d"]],
      ["c", ["d"]],
      ["d", ["b"]],
      ["e", ["e"]],
    ]);
    expect(cyclesOf(graph)).toEqual([
      ["b", "d", "b"],
      ["e", "e"],
    ]);
  });
});

describe("importCycles", () => {
  it("finds a cycle of files", async () => {
    const sources = {
      "a.ts": 'import { b } from "./b.js";',
      "b.ts": 'export { c } from "./deep/c.js";',
      "deep/c.ts": 'import { a } from "../a.js";',
    };
    expect(await withPlantedTree(plantedPackage("transport", sources), importCycles.check)).toEqual([
      "packages/transport/src/a.ts -> packages/transport/src/b.ts -> packages/transport/src/deep/c.ts -> packages/transport/src/a.ts",
    ]);
  });

  it("accepts a cycle that is broken by a type-only import", async () => {
    const sources = { "a.ts": 'import { b } from "./b.js";', "b.ts": 'import type { A } from "./a.js";' };
    expect(await withPlantedTree(plantedPackage("transport", sources), importCycles.check)).toEqual([]);
  });

  it("finds a cycle of packages, type-only imports included", async () => {
    const files = {
      ...plantedPackage("transport", { "a.ts": 'import { b } from "@rxsandbox/protocol";' }),
      ...plantedPackage("protocol", { "b.ts": 'import type { A } from "@rxsandbox/transport";' }),
    };
    expect(await withPlantedTree(files, importCycles.check)).toEqual([
      "@rxsandbox/protocol -> @rxsandbox/transport -> @rxsandbox/protocol",
    ]);
  });
});
