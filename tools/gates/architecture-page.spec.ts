import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { architecturePage } from "./architecture-page.mjs";
import { withPlantedTree } from "./planted-tree.mjs";
import { toolRoot } from "./run-tool.mjs";

const real = readFileSync(`${toolRoot}docs/architecture.md`, "utf8");
/** Every path that the page names, as an empty file. */
const named = Object.fromEntries(
  [
    ...[...real.matchAll(/`((?:packages|tools|docs)\/[^`\s]+)`/g)].map(([, path = ""]) => path),
    ...[...real.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, path = ""]) => `docs/${path}`),
  ].map((path) => [/\.\w+$/.test(path) ? path : `${path}/x`, ""]),
);
const violations = (page: string) =>
  withPlantedTree({ ...named, "docs/architecture.md": page }, architecturePage.check);
const line = (text: string) => real.slice(0, real.indexOf(text)).split("\n").length;

describe("architecturePage", () => {
  it("accepts the page of this repository", async () => {
    expect(architecturePage.check(toolRoot)).toEqual([]);
    expect(await violations(real)).toEqual([]);
  });

  it.each<[string, (text: string) => string, string]>([
    [
      "a path that does not exist",
      (text) => text.replace("src/readiness/probe-interval.ts", "src/probe-interval.ts"),
      `:${line("src/readiness/probe-interval.ts")}: packages/lifecycle/src/probe-interval.ts does not exist`,
    ],
    [
      "a link that leads nowhere",
      (text) => text.replace("(protocol/README.md)", "(protocol/INDEX.md)"),
      `:${line("(protocol/README.md)")}: protocol/INDEX.md does not exist`,
    ],
    [
      "an arrow that is missing",
      (text) => text.replace("  files --> transport\n", ""),
      ": the arrow files --> transport is missing",
    ],
    [
      "an arrow that does not exist",
      (text) => text.replace("  files --> transport\n", "  files --> transport\n  files --> egress\n"),
      ": the arrow files --> egress is none of arrows.mjs",
    ],
    [
      "an arrow of another kind",
      (text) => text.replace("client -.-> transport-undici", "client --> transport-undici"),
      ": the arrow client -.-> transport-undici is missing",
    ],
    [
      "another order of folders",
      (text) => text.replace("`model` < `gateway`", "`gateway` < `model`"),
      ": the folders of conformance are `model` < `gateway` < `oracles` < `rules` < `checks` < `engine` < `report` < `proof`",
    ],
    [
      "a row with another number of files",
      (text) => text.replace("| the back-off of readiness | 1 |", "| the back-off of readiness | 2 |"),
      `:${line("| the back-off of readiness | 1 |")}: 2 files, 1 named`,
    ],
    [
      "a row that is gone",
      (text) => text.replace(/^\| what the demo prints.*\n/m, ""),
      ': "Where do I change X" has 11 rows, at least 12',
    ],
  ])("finds %s", async (_, change, problem) => {
    expect(change(real)).not.toBe(real);
    expect(await violations(change(real))).toContain(`docs/architecture.md${problem}`);
  });

  it("finds that the page or its table is missing", async () => {
    expect(await withPlantedTree({ "docs/x.md": "" }, architecturePage.check)).toEqual([
      "docs/architecture.md is missing",
    ]);
    expect(await violations(real.replace("8. Where do I change X", "8. Places"))).toContain(
      'docs/architecture.md: "Where do I change X" has 0 rows, at least 12',
    );
  });
});
