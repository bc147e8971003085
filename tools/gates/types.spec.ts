import { describe, expect, it } from "vitest";
import { withPlantedTree } from "./planted-tree.mjs";
import { types } from "./types.mjs";

const config = (include: string) => ({
  compilerOptions: { noEmit: true, strict: true, types: [], target: "es2022" },
  include: [include],
});

describe("types", () => {
  it("finds a type error in a spec, which the build does not see", async () => {
    const files = {
      "packages/transport/src/x.spec.ts": 'export const a: number = "1";\n',
      "tools/specs.tsconfig.json": config("../packages/*/src/**/*.ts"),
      "tools/x.ts": "export {};\n",
      "tools/tsconfig.json": config("*.ts"),
    };
    expect(await withPlantedTree(files, types.check)).toEqual([expect.stringContaining("x.spec.ts(1,14)")]);
  });
});
