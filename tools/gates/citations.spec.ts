import { describe, expect, it } from "vitest";
import { citations } from "./citations.mjs";
import { withPlantedTree } from "./planted-tree.mjs";

const page = (...ids: readonly string[]) =>
  `# Page\n${ids.map((id) => `<a id="${id}"></a>\n\n## ${id} Section\n\nText.\n`).join("\n")}`;
const pages = {
  "docs/protocol/lifecycle.md": page("1", "2.1"),
  "docs/protocol/execd.md": `${page("2.4", "3.2")}\n<a id="9"></a>\n\n## 9 Rows\n\n| Offsets | count bytes |\n\n**Interrupt**: a signal.\n\n<a id="11"></a>\n\n## 11 List\n\n1. One.\n2. Two.\n`,
  "docs/protocol/egress.md": page("4.8"),
  "docs/protocol/divergences.md": '| ID |\n|---|\n| <a id="X28"></a>X28 | hangs |\n| <a id="K01"></a>K01 | an SDK |\n',
  "docs/protocol/measured.md": page("2.1"),
  "docs/protocol/sdk-behaviour.md": page("12"),
  "docs/architecture.md": page("6"),
};
const anchors = {
  sections: {
    "lifecycle.md": ["1", "2.1"],
    "execd.md": ["2.4", "3.2", "9", "11"],
    "egress.md": ["4.8"],
    "divergences.md": ["X28"],
    "measured.md": ["2.1"],
  },
};
const list = "packages/conformance/anchors.json";
const source = "packages/transport/src/x.ts";

const violations = (files: Record<string, string | object>) =>
  withPlantedTree({ ...pages, [list]: anchors, ...files }, citations.check);
// Spelled in pieces: this file is checked too.
const [execd, divergences, architecture] = ["execd", "divergences", "architecture"].map((name) => `${name}.md`);

describe("citations", () => {
  it.each([
    `// \`${execd}\` 2.4`,
    `/** Reads (\`${execd}\` 2.4, 3.2 and 9, Offsets). */`,
    `/** Ends (\`${execd}\` 9, Interrupt). */`,
    `/**\n * Stops (\`${execd}\`\n * 2.4).\n */`,
    `// ${execd} 11.2: two`,
    `// \`${execd}\` 2.4, so there`,
    `// \`${execd}\` 2.4, \`${divergences}\` X28`,
    `// docs/protocol/${execd}#3.2 and ${divergences}#X28`,
    `// \`${architecture}\` 6, and the page \`${execd}\` as a whole`,
  ])("accepts %j", async (text) => {
    expect(await violations({ [source]: text })).toEqual([]);
  });

  it("finds a page that is not at the root, and accepts one that is", async () => {
    // Spelled in pieces: this file is checked too.
    const page = ["PLAN", "md"].join(".");
    expect(await violations({ [source]: `// Row 2 of \`${page}\`` })).toEqual([`${source}:1: ${page} does not exist`]);
    expect(await violations({ [source]: `// Row 2 of \`${page}\``, [page]: "# Plan\n" })).toEqual([]);
    expect(await violations({ [source]: `// https://example.com/${page}` })).toEqual([]);
  });

  it.each([
    [`// \`${execd}\` 2.5`, "execd has no section 2.5"],
    [`// \`${execd}\` 2.4, 3.3`, "execd has no section 3.3"],
    [`// \`${execd}\` 2 to 9`, "execd has no section 2"],
    [`/**\n * \`${execd}\`\n * 2.5 */`, "execd has no section 2.5"],
    [`// \`${execd}\` section 99`, "execd has no section 99"],
    [`// \`${execd}\` 11.3`, "execd has no section 11.3"],
    [`// \`${execd}\` 9, Colours`, 'execd 9 has no row "Colours"'],
    [`// ${execd}#2`, "execd has no section 2"],
    [`// \`${divergences}\` X29`, "divergences has no section X29"],
    [`// \`${architecture}\` 7`, "architecture has no section 7"],
  ])("finds what does not resolve in %j", async (text, problem) => {
    const line = text.includes("\n") ? 2 : 1;
    expect(await violations({ [source]: text })).toEqual([`${source}:${line}: ${problem.replace(/^(\S+)/, "$1.md")}`]);
  });

  it.each([
    "docs/guide.md",
    "packages/conformance/requirements.yaml",
    "packages/transport/src/x.spec.ts",
    "tools/x.mjs",
  ])("looks into %s", async (path) => {
    expect(await violations({ [path]: `\n${execd}#99` })).toEqual([`${path}:2: execd.md has no section 99`]);
  });

  it("finds a link inside a page that leads nowhere", async () => {
    expect(await violations({ "docs/protocol/egress.md": `${page("4.8")}\n[there](#4.9)` })).toEqual([
      "docs/protocol/egress.md:8: egress.md has no section 4.9",
    ]);
  });

  it("finds a page that is missing", async () => {
    const { "docs/protocol/egress.md": _, ...rest } = pages;
    expect(await withPlantedTree(rest, citations.check)).toEqual(["docs/protocol/egress.md is missing"]);
  });

  it("compares the list of sections with the pages, both ways", async () => {
    const sections = { ...anchors.sections, "execd.md": ["2.4", "3.2", "9", "12"] };
    expect(await violations({ [list]: { sections } })).toEqual([
      `${list}: execd.md has no section 12`,
      `${list}: section 11 of execd.md is not listed`,
    ]);
  });
});
