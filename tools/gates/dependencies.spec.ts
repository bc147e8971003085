import { describe, expect, it } from "vitest";
import { dependencies } from "./dependencies.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

interface Plant {
  readonly source?: Record<string, string>;
  readonly manifest?: object;
  readonly references?: readonly { readonly path: string }[];
}

function violations({ source = {}, manifest = {}, references = [] }: Plant) {
  const files = {
    "package.json": { devDependencies: { vitest: "1" } },
    ...plantedPackage("transport", source, manifest),
    "packages/transport/tsconfig.json": { references },
  };
  return withPlantedTree(files, dependencies.check);
}

describe("dependencies", () => {
  it("accepts what is declared, used and referenced", async () => {
    const source = {
      "a.ts": 'import { a } from "@rxsandbox/protocol";\nimport { b } from "rxjs/fetch";\nimport "node:fs";',
      "a.spec.ts": 'import { it } from "vitest";',
    };
    const manifest = { dependencies: { "@rxsandbox/protocol": "0.1.0" }, peerDependencies: { rxjs: "^7" } };
    expect(await violations({ source, manifest, references: [{ path: "../protocol" }] })).toEqual([]);
  });

  it("finds an undeclared import", async () => {
    expect(await violations({ source: { "a.ts": 'import "left-pad";' } })).toEqual([
      'packages/transport/src/a.ts:1: "left-pad" is not declared',
    ]);
  });

  it("finds a tool of the root in a source that is shipped", async () => {
    expect(await violations({ source: { "a.ts": 'import { it } from "vitest";' } })).toHaveLength(1);
  });

  it("finds an unused dependency", async () => {
    expect(await violations({ manifest: { dependencies: { "left-pad": "1" } } })).toEqual([
      'packages/transport/package.json: "left-pad" is not used',
    ]);
    expect(await violations({ manifest: { devDependencies: { "@types/left-pad": "1" } } })).toHaveLength(1);
  });

  it("lets test support use what only tests need, without a project reference", async () => {
    const source = { "testing/server.ts": 'import { a } from "@rxsandbox/testkit";\nimport { it } from "vitest";' };
    expect(await violations({ source, manifest: { devDependencies: { "@rxsandbox/testkit": "0.1.0" } } })).toEqual([]);
  });

  it("finds a missing and a surplus project reference", async () => {
    const plant = {
      source: { "a.ts": 'import "@rxsandbox/protocol";' },
      manifest: { dependencies: { "@rxsandbox/protocol": "0.1.0" } },
    };
    expect(await violations(plant)).toEqual(["packages/transport/tsconfig.json: no reference to @rxsandbox/protocol"]);
    expect(await violations({ references: [{ path: "../protocol" }] })).toHaveLength(1);
  });
});
