import { describe, expect, it } from "vitest";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";
import { sourceRules } from "./source-rules.mjs";

const violations = (path: string, text: string) =>
  withPlantedTree({ ...plantedPackage("transport", {}), [path]: text }, sourceRules.check);
const source = "packages/transport/src/x.ts";

// Spelled in pieces: this file is checked too.
describe("sourceRules", () => {
  it.each([
    [source, 'import { a } from "./a";'],
    [source, 'import { a } from "./a.ts";'],
    [source, `// TO${"DO"} later`],
    ["packages/transport/src/x.spec.ts", `describe.on${"ly"}("x", () => {});`],
    ["packages/transport/src/x.spec.ts", `it.sk${"ip"}("x", () => {});`],
    ["packages/transport/src/x.spec.ts", `it.to${"do"}("x");`],
    [source, `// @ts-ig${"nore"}`],
    [source, `// ox${"lint"}-dis${"able"}-next-line`],
    [source, "export class MyError extends Error {}"],
    [source, 'export class MyError extends SandboxError { override readonly name: string = "Error"; }'],
    ["docs/guide.md", `cd /ho${"me"}/somebody/project`],
    ["tools/x.mjs", `const root = "/work/${"main"}";`],
  ])("finds in %s: %s", async (path, text) => {
    expect(await violations(path, text)).toHaveLength(1);
  });

  it("finds a file that is too long", async () => {
    expect(await violations(source, "x;\n".repeat(401))).toEqual([`${source}: 401 lines, at most 400`]);
    expect(await violations(source, "x;\n".repeat(400))).toEqual([]);
  });

  it("finds a comment that is too wide", async () => {
    for (const [start, end] of [
      ["// ", ""],
      ["  /** ", " */"],
      ["/**\n * ", "\n */"],
    ] as const) {
      const width = 120 - start.split("\n").at(-1)!.length - end.split("\n")[0]!.length;
      expect(await violations(source, `${start}${"x".repeat(width)}${end}\n`)).toEqual([]);
      expect(await violations(source, `${start}${"x".repeat(width + 1)}${end}\n`)).toHaveLength(1);
    }
    expect(await violations("docs/guide.md", `* ${"x".repeat(200)}`)).toEqual([]);
  });

  it("accepts errors with a name of their own", async () => {
    expect(
      await violations(source, 'class MyError extends Error { override readonly name: string = "MyError"; }'),
    ).toEqual([]);
    expect(
      await violations(source, 'class MyError extends Error { constructor() { super("x"); this.name = "MyError"; } }'),
    ).toEqual([]);
  });

  it("accepts tests that run where they can", async () => {
    expect(
      await violations("packages/transport/src/x.spec.ts", 'it.skipIf(process.platform === "win32")("x", () => {});'),
    ).toEqual([]);
    expect(await violations("docs/guide.md", "the sandbox's /home directory and /workspace")).toEqual([]);
  });
});
