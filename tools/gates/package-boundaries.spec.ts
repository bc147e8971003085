import { describe, expect, it } from "vitest";
import { arrowBetween } from "./arrows.mjs";
import { packageBoundaries } from "./package-boundaries.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const violations = (shortName: string, sources: Record<string, string>) =>
  withPlantedTree(plantedPackage(shortName, sources), packageBoundaries.check);

describe("arrowBetween", () => {
  it("is transitive, except across an arrow with a note", () => {
    expect(arrowBetween("client", "protocol")).toBe("any");
    expect(arrowBetween("cli", "transport")).toBe("any");
    expect(arrowBetween("cli", "transport-undici")).toBeUndefined();
    expect(arrowBetween("protocol", "transport")).toBeUndefined();
    expect(arrowBetween("reference-server", "transport")).toBeUndefined();
  });
});

describe("packageBoundaries", () => {
  it("accepts imports along the arrows", async () => {
    expect(
      await violations("execution", {
        "run.ts":
          'import { a } from "@rxsandbox/transport";\nimport { b } from "@rxsandbox/protocol";\nimport { c } from "./c.js";',
      }),
    ).toEqual([]);
    expect(
      await violations("integration", { "run.ts": 'import "@rxsandbox/cli";\nimport "@rxsandbox/transport-undici";' }),
    ).toEqual([]);
  });

  it.each([
    ["an import against an arrow", "protocol", "x.ts", 'import { a } from "@rxsandbox/transport";'],
    ["a re-export against an arrow", "transport", "x.ts", 'export { a } from "@rxsandbox/execution";'],
    ["a dynamic import against an arrow", "execution", "x.ts", 'const m = import("@rxsandbox/lifecycle");'],
    ["an import type against an arrow", "execution", "x.ts", 'type T = import("@rxsandbox/files").T;'],
    [
      "a type-only import where nothing is allowed",
      "reference-server",
      "x.ts",
      'import type { T } from "@rxsandbox/transport";',
    ],
    ["a spec against an arrow", "execution", "x.spec.ts", 'import { a } from "@rxsandbox/lifecycle";'],
    ["a value across a type-only arrow", "reference-server", "x.ts", 'import { a } from "@rxsandbox/protocol";'],
    [
      "an inline type across a type-only arrow, which still loads",
      "testkit",
      "x.ts",
      'import { type T } from "@rxsandbox/transport";',
    ],
    [
      "transport-undici from another file of client",
      "client",
      "client.ts",
      'import { a } from "@rxsandbox/transport-undici";',
    ],
    [
      "a server from outside the directory that may start it",
      "conformance",
      "checks/x.ts",
      'import { a } from "@rxsandbox/reference-server";',
    ],
    ["the inside of a package", "execution", "x.ts", 'import { a } from "@rxsandbox/transport/dist/internal/a.js";'],
    ["a relative path into another package", "execution", "x.ts", 'import { a } from "../../transport/src/a.js";'],
    ["testkit outside a spec", "execution", "x.ts", 'import { a } from "@rxsandbox/testkit";'],
    [
      "testkit in a spec of a package that does not use transport",
      "protocol",
      "x.spec.ts",
      'import { a } from "@rxsandbox/testkit";',
    ],
    [
      "the official SDK outside benchmarks",
      "integration",
      "x.ts",
      'import { Sandbox } from "@alibaba-group/opensandbox";',
    ],
    ["a package without a row", "helpers", "x.ts", "export {};"],
  ])("finds %s", async (_what, shortName, path, text) => {
    expect(await violations(shortName, { [path]: text })).toHaveLength(1);
  });

  it("accepts an entry that an exports map names", async () => {
    const entries = { exports: { "./extra": { default: "./dist/extra.js" } } };
    const tree = {
      ...plantedPackage("transport", {}, entries),
      ...plantedPackage("execution", { "x.ts": 'import { a } from "@rxsandbox/transport/extra";' }),
    };
    expect(await withPlantedTree(tree, packageBoundaries.check)).toEqual([]);
  });

  it("knows the exceptions", async () => {
    expect(await violations("reference-server", { "x.ts": 'import type { T } from "@rxsandbox/protocol";' })).toEqual(
      [],
    );
    expect(
      await violations("client", { "platform/node.ts": 'import { a } from "@rxsandbox/transport-undici";' }),
    ).toEqual([]);
    expect(await violations("execution", { "x.spec.ts": 'import { a } from "@rxsandbox/testkit";' })).toEqual([]);
    expect(await violations("transport", { "x.spec.ts": 'import { a } from "@rxsandbox/testkit";' })).toEqual([]);
    expect(
      await violations("conformance", {
        "proof/embedded-subject.ts": 'import { a } from "@rxsandbox/reference-server";',
      }),
    ).toEqual([]);
    expect(await violations("benchmarks", { "x.ts": 'import { Sandbox } from "@alibaba-group/opensandbox";' })).toEqual(
      [],
    );
  });
});
