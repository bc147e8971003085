import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { apiReports, updateApiReports } from "./api-reports.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";
import { toolRoot } from "./run-tool.mjs";

const surface = (text: string) => ({ ...plantedPackage("transport", {}), "packages/transport/dist/index.d.ts": text });
const where = `${toolRoot}reports`;

describe("apiReports", () => {
  it("finds a surface that differs from the committed report, until it is renewed", async () => {
    await withPlantedTree(
      surface('import type { Observable } from "rxjs";\nexport declare function a(): Observable<number>;\n'),
      async (root) => {
        expect(await apiReports.check(root)).toHaveLength(1);
        updateApiReports(root);
        expect(readFileSync(join(root, "packages/transport/api/transport.api.md"), "utf8")).toContain(
          "export function a(): Observable<number>;",
        );
        expect(await apiReports.check(root)).toEqual([]);
        writeFileSync(join(root, "packages/transport/dist/index.d.ts"), "export declare function a(): string;\n");
        expect(await apiReports.check(root)).toEqual([
          expect.stringContaining("packages/transport/api/transport.api.md"),
        ]);
      },
      where,
    );
  });

  it("has a report for each subpath", async () => {
    const subpaths = {
      exports: {
        ".": { types: "./dist/index.d.ts" },
        "./extra": { import: { types: "./dist/extra/index.d.ts", default: "./dist/extra/index.js" } },
      },
    };
    const files = {
      ...plantedPackage("transport", {}, subpaths),
      "packages/transport/dist/index.d.ts": "export {};\n",
      "packages/transport/dist/extra/index.d.ts": "export declare const extra: number;\n",
    };
    await withPlantedTree(
      files,
      async (root) => {
        updateApiReports(root);
        expect(readFileSync(join(root, "packages/transport/api/transport.extra.api.md"), "utf8")).toContain(
          "export const extra: number;",
        );
        writeFileSync(join(root, "packages/transport/dist/extra/index.d.ts"), "export declare const extra: string;\n");
        expect(await apiReports.check(root)).toEqual([
          expect.stringContaining("packages/transport/api/transport.extra.api.md"),
        ]);
      },
      where,
    );
  });

  it("finds a package that was not built", async () => {
    expect(await withPlantedTree(plantedPackage("transport", {}), apiReports.check, where)).toEqual([
      "packages/transport: not built",
    ]);
  });

  it("leaves private packages out", async () => {
    expect(
      await withPlantedTree(plantedPackage("integration", {}, { private: true }), apiReports.check, where),
    ).toEqual([]);
  });
});
