import { describe, expect, it } from "vitest";
import { allChecks } from "../checks/all-checks.js";
import { allMutants } from "./all-mutants.js";
import { type CatalogueSurroundings, catalogueViolations, readAnchors } from "./catalogue-violations.js";
import { parseCatalogue, readCatalogue } from "../model/read-catalogue.js";

const anchors = { sections: { "execd.md": ["2.4"], "divergences.md": ["X05"] }, operations: ["POST /command"] };
const healthy = `clauses:
  - { id: X05, text: a, level: INFO, source: "divergences.md#X05", checks: [a/b/c] }
  - { id: a.b.c, text: a, level: MUST, source: "execd.md#2.4", operations: ["POST /command"], checks: [a/b/c], mutants: [m1] }
`;
const surroundings: CatalogueSurroundings = {
  checks: [{ id: "a/b/c", clauses: ["a.b.c", "X05"], level: "MUST" }],
  mutants: [{ id: "m1", check: "a/b/c", clause: "a.b.c" }],
  anchors,
};

function texts(yaml: string, changed: Partial<CatalogueSurroundings> = {}): readonly string[] {
  return catalogueViolations(parseCatalogue(yaml).clauses, { ...surroundings, ...changed })
    .filter(({ kind }) => kind !== "too-few")
    .map(({ text }) => text);
}

describe("catalogueViolations", () => {
  it("accepts a catalogue that agrees with everything", () => expect(texts(healthy)).toEqual([]));

  it.each<[string, string, Partial<CatalogueSurroundings>, RegExp]>([
    [
      "a clause without check or reason",
      `${healthy}  - { id: lone, text: a, level: INFO, source: "execd.md#2.4" }\n`,
      {},
      /lone has neither/,
    ],
    [
      "a check whose clause does not exist",
      healthy,
      { checks: [...surroundings.checks, { id: "a/b/d", clauses: ["none"], level: "INFO" }] },
      /names the clause none/,
    ],
    [
      "a check of another level than its clause",
      healthy,
      { checks: [{ id: "a/b/c", clauses: ["a.b.c", "X05"], level: "INFO" }] },
      /is INFO, its clause/,
    ],
    [
      "a MUST check without a mutant",
      healthy,
      { mutants: [{ id: "m1", check: "x", clause: "a.b.c" }] },
      /kills no mutant/,
    ],
    [
      "a mutant that the clause does not list",
      healthy,
      { mutants: [...surroundings.mutants, { id: "m2", check: "a/b/c", clause: "a.b.c" }] },
      /lists mutants/,
    ],
    ["a section that does not exist", healthy.replace("execd.md#2.4", `execd.md#${99}`), {}, /no section/],
    [
      "a divergence without clause",
      healthy,
      { anchors: { ...anchors, sections: { ...anchors.sections, "divergences.md": ["X05", "X06"] } } },
      /X06 has no clause/,
    ],
    [
      "an operation without clause",
      healthy,
      { anchors: { ...anchors, operations: ["POST /command", "GET /ping"] } },
      /GET \/ping has no clause/,
    ],
    [
      "an excluded clause that is judged",
      healthy.replace("level: INFO", "level: INFO, excluded: why"),
      {},
      /excluded and judged/,
    ],
    [
      "too many excluded clauses",
      `${healthy}  - { id: out, text: a, level: INFO, source: "execd.md#2.4", excluded: why }\n`,
      {},
      /1 of 3 clauses are excluded/,
    ],
    [
      "two checks of one id",
      healthy,
      { checks: [...surroundings.checks, { id: "a/b/c", clauses: ["a.b.c"], level: "MUST" }] },
      /two checks/,
    ],
  ])("finds %s", (_what, yaml, changed, wanted) => {
    expect(texts(yaml, changed)).toEqual(expect.arrayContaining([expect.stringMatching(wanted)]));
  });

  it("finds fewer clauses than a referee needs", () => {
    expect(catalogueViolations(parseCatalogue(healthy).clauses, surroundings)).toEqual([
      expect.objectContaining({ kind: "too-few" }),
    ]);
  });

  it("finds nothing wrong with the requirements that ship", () => {
    const mutants = allMutants.map(({ id, check, reason }) => ({ id, check, clause: reason.clause }));
    expect(
      catalogueViolations(readCatalogue().clauses, { checks: allChecks, mutants, anchors: readAnchors() }),
    ).toEqual([]);
  });
});
