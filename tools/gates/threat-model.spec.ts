import { describe, expect, it } from "vitest";
import { withPlantedTree } from "./planted-tree.mjs";
import { toolRoot } from "./run-tool.mjs";
import { threatModel } from "./threat-model.mjs";

const spec = { "packages/reference-server/src/attack.spec.ts": 'it("keeps the door shut, always", () => {});' };
const violations = (rows: string) =>
  withPlantedTree(
    {
      ...spec,
      "docs/reference-server.md": `# Server\n\n## Threat model\n\n| Who |\n|---|\n| a page |\n\n| Promise | Test |\n|---|---|\n${rows}\n\n## Faults\n`,
    },
    threatModel.check,
  );

describe("threatModel", () => {
  it("accepts the page of this repository, and promises whose tests exist", async () => {
    expect(threatModel.check(toolRoot)).toEqual([]);
    expect(
      await violations('| It stays shut | `attack.spec.ts` "keeps the door shut" |\n| So it does | `attack.spec.ts` |'),
    ).toEqual([]);
  });

  it.each([
    ["| It stays shut | soon |", "the promise names no test"],
    ["| It stays shut | `other.spec.ts` |", "other.spec.ts does not exist"],
    ['| It stays shut | `attack.spec.ts` "opens it" |', 'attack.spec.ts has no test "opens it"'],
  ])("finds %s", async (row, problem) => {
    expect(await violations(`| Fine | \`attack.spec.ts\` |\n${row}`)).toEqual([
      `docs/reference-server.md:12: ${problem}`,
    ]);
  });

  it("finds that the section or its tables are missing", async () => {
    expect(await withPlantedTree({ "docs/x.md": "" }, threatModel.check)).toEqual([
      'docs/reference-server.md has no section "Threat model"',
    ]);
    expect(
      await withPlantedTree(
        { "docs/reference-server.md": "## Threat model\n\nNone.\n\n## Faults\n" },
        threatModel.check,
      ),
    ).toEqual(["docs/reference-server.md: the threat model has no table with tests"]);
  });
});
