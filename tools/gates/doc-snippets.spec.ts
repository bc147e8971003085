import { describe, expect, it } from "vitest";
import { docSnippets } from "./doc-snippets.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";
import { toolRoot } from "./run-tool.mjs";

const block = (code: string, note = "") => `# Page\n\n${"```"}ts${note}\n${code}\n${"```"}\n`;
const violations = (files: Record<string, string | object>) =>
  withPlantedTree(files, docSnippets.check, `${toolRoot}reports`);

describe("docSnippets", () => {
  it("accepts a page and an example that do what they say", async () => {
    const example = "/**\n * @example\n * await lastValueFrom(of(1, 2)); // => 2\n */\nexport const a = 1;\n";
    expect(
      await violations({ ...plantedPackage("transport", { "a.ts": example }), "README.md": block("1 + 1; // => 2") }),
    ).toEqual([]);
  });

  it("finds a wrong value, a wrong type and an error thrown, with their places", async () => {
    expect(await violations({ "README.md": block("1 + 1; // => 3") })).toEqual(["README.md:4: expected 3, got 2"]);
    expect(await violations({ "docs/guide.md": block('\nconst a: number = "x";', " no-run") })).toEqual([
      expect.stringContaining("docs/guide.md:5: "),
    ]);
    expect(await violations({ "docs/guide.md": block('throw new Error("no");') })).toEqual(["docs/guide.md:4: no"]);
    expect(
      await violations({ ...plantedPackage("transport", {}), "packages/transport/README.md": block("1; // => 2") }),
    ).toEqual(["packages/transport/README.md:4: expected 2, got 1"]);
  });

  it("only type-checks what is marked no-run", async () => {
    expect(await violations({ "README.md": block('throw new Error("never");', " no-run") })).toEqual([]);
  });
});
