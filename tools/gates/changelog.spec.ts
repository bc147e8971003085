import { describe, expect, it } from "vitest";
import { changelog } from "./changelog.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const table =
  "# Changelog\n\n| Package | Old name | New name |\n|---|---|---|\n| `transport` | `oldName` | `newName` |\n";
const deprecated = (name: string) => `/** @deprecated Use \`newName\`. */\nexport const ${name} = 1;\n`;

function violations(files: Record<string, string | object>, sources: Record<string, string> = {}) {
  const root = { "package.json": { name: "planted", private: true, workspaces: ["packages/*"] } };
  const config = { ".changeset/config.json": { changelog: false, fixed: [["@rxsandbox/*"]], baseBranch: "main" } };
  const lock = { "package-lock.json": {} };
  const tree = {
    ...root,
    ...lock,
    ...config,
    "CHANGELOG.md": table,
    ...plantedPackage("transport", sources),
    ...files,
  };
  return withPlantedTree(tree, changelog.check);
}
const changeset = (name: string, text: string) => ({ ".changeset/a.md": `---\n"${name}": minor\n---\n\n${text}\n` });

describe("changelog", () => {
  it("accepts a changeset that says something, and a deprecated name in the table", async () => {
    const files = changeset("@rxsandbox/transport", "Retries again.");
    expect(await violations(files, { "a.ts": deprecated("oldName") })).toEqual([]);
  });

  it("finds a changeset that says nothing or names an unknown package", async () => {
    expect(await violations(changeset("@rxsandbox/transport", ""))).toEqual([
      ".changeset/a.md: names no package or says nothing",
    ]);
    expect(await violations(changeset("@rxsandbox/gone", "Retries."))).toEqual([
      expect.stringContaining("@rxsandbox/gone"),
    ]);
  });

  it("finds a deprecated name that the table lacks, also a member of a type", async () => {
    const member = `export interface A {\n  /** @deprecated Use \`newName\`. */\n  other(): void;\n}\n`;
    expect(await violations({}, { "a.ts": deprecated("older"), "b.ts": member })).toEqual([
      "CHANGELOG.md: the table of renamed names lacks `older` of `transport` (packages/transport/src/a.ts)",
      "CHANGELOG.md: the table of renamed names lacks `other` of `transport` (packages/transport/src/b.ts)",
    ]);
  });

  it("finds that the changelog is missing", async () => {
    expect(await withPlantedTree({}, changelog.check)).toEqual(["CHANGELOG.md is missing"]);
  });
});
