import { readFileSync } from "node:fs";
import type { Check } from "../model/check.js";
import type { Clause } from "../model/clause.js";

/** What a catalogue is compared with. */
export interface CatalogueSurroundings {
  readonly checks: readonly Pick<Check, "id" | "clauses" | "level">[];
  /** Mutants by id with the clauses that they break. */
  readonly mutants: readonly { readonly id: string; readonly check: string; readonly clause: string }[];
  /** Sections of `docs/protocol` by page, and the operations of the protocol. */
  readonly anchors: {
    readonly sections: Readonly<Record<string, readonly string[]>>;
    readonly operations: readonly string[];
  };
}

/** Something wrong with the catalogue. `unjudged` and `unproven` are gaps, the others contradictions. */
export interface CatalogueViolation {
  readonly kind: "unjudged" | "unproven" | "contradiction" | "too-many-excluded" | "too-few";
  readonly text: string;
}

/** Largest share of clauses that a written reason may excuse. */
const MAX_EXCLUDED = 0.1;
const MIN_CLAUSES = 150;

/**
 * Compares the requirements with checks, mutants and the pages of `docs/protocol`.
 *
 * Every clause has a check or a reason; every check has its clauses, and the level of the first; every MUST check has a
 * mutant that it kills; every source is a section that exists; every divergence (`L`, `X`, `G`) and every operation has
 * a clause.
 */
export function catalogueViolations(
  clauses: ReadonlyMap<string, Clause>,
  { checks, mutants, anchors }: CatalogueSurroundings,
): readonly CatalogueViolation[] {
  const found: CatalogueViolation[] = [];
  const say = (kind: CatalogueViolation["kind"], text: string): void => void found.push({ kind, text });

  const judged = new Map<string, string[]>();
  for (const check of checks) {
    for (const id of check.clauses) {
      if (!clauses.has(id)) say("contradiction", `check ${check.id} names the clause ${id}, which does not exist`);
      judged.set(id, [...(judged.get(id) ?? []), check.id]);
    }
    const level = clauses.get(check.clauses[0])?.level;
    if (level !== undefined && level !== check.level)
      say("contradiction", `check ${check.id} is ${check.level}, its clause ${check.clauses[0]} is ${level}`);
    if (check.level === "MUST" && !mutants.some((mutant) => mutant.check === check.id))
      say("unproven", `MUST check ${check.id} kills no mutant`);
  }
  for (const id of repeated(checks.map((check) => check.id))) say("contradiction", `two checks are called ${id}`);

  for (const clause of clauses.values()) {
    const by = judged.get(clause.id) ?? [];
    if (by.length === 0 && clause.excluded === undefined)
      say("unjudged", `clause ${clause.id} has neither a check nor a reason`);
    if (by.length > 0 && clause.excluded !== undefined)
      say("contradiction", `clause ${clause.id} is excluded and judged by ${by.join(", ")}`);
    if (!sameSet(by, clause.checks))
      say(
        "contradiction",
        `clause ${clause.id} lists [${clause.checks.join(", ")}], its checks are [${by.join(", ")}]: run npm run requirements:update`,
      );
    const breaking = mutants.filter((mutant) => mutant.clause === clause.id).map((mutant) => mutant.id);
    if (!sameSet(breaking, clause.mutants))
      say(
        "contradiction",
        `clause ${clause.id} lists mutants [${clause.mutants.join(", ")}], they are [${breaking.join(", ")}]: run npm run requirements:update`,
      );
    const [file = "", section = ""] = clause.source.split("#");
    if (anchors.sections[file]?.includes(section) !== true)
      say("contradiction", `clause ${clause.id}: ${clause.source} is no section of docs/protocol`);
  }

  for (const id of anchors.sections["divergences.md"] ?? [])
    if (!clauses.has(id)) say("contradiction", `divergence ${id} has no clause`);
  const operations = new Set([...clauses.values()].flatMap((clause) => clause.operations));
  for (const operation of anchors.operations)
    if (!operations.has(operation)) say("contradiction", `operation ${operation} has no clause`);
  for (const operation of operations)
    if (!anchors.operations.includes(operation)) say("contradiction", `${operation} is no operation of the protocol`);

  const excluded = [...clauses.values()].filter((clause) => clause.excluded !== undefined).length;
  if (excluded > clauses.size * MAX_EXCLUDED)
    say(
      "too-many-excluded",
      `${excluded} of ${clauses.size} clauses are excluded, at most ${MAX_EXCLUDED * 100} % may be`,
    );
  if (clauses.size < MIN_CLAUSES) say("too-few", `${clauses.size} clauses, at least ${MIN_CLAUSES} are needed`);
  return found;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/**
 * Reads the sections of `docs/protocol` and the operations that clauses may name. The package carries their list, not
 * the pages.
 */
export function readAnchors(): CatalogueSurroundings["anchors"] {
  return JSON.parse(
    readFileSync(new URL("../../anchors.json", import.meta.url), "utf8"),
  ) as CatalogueSurroundings["anchors"];
}
