import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Level } from "./check.js";
import type { Clause } from "./clause.js";

/** All clauses by id. */
export interface Catalogue {
  readonly clauses: ReadonlyMap<string, Clause>;
}

interface WrittenClause {
  readonly id: string;
  readonly text: string;
  readonly level: Level;
  readonly source: string;
  readonly checks?: readonly string[];
  readonly mutants?: readonly string[];
  readonly operations?: readonly string[];
  readonly excluded?: string;
}

let shipped: Catalogue | undefined;

/** Reads the requirements that ship with the suite, once per process. */
export function readCatalogue(): Catalogue {
  return (shipped ??= parseCatalogue(readFileSync(new URL("../../requirements.yaml", import.meta.url), "utf8")));
}

/** Reads requirements from YAML text. Throws on a clause that is written twice. */
export function parseCatalogue(text: string): Catalogue {
  const written = (parse(text) as { readonly clauses: readonly WrittenClause[] }).clauses;
  const clauses = new Map<string, Clause>();
  for (const { checks = [], mutants = [], operations = [], ...rest } of written) {
    if (clauses.has(rest.id)) throw new Error(`clause ${rest.id} is written twice`);
    clauses.set(rest.id, { ...rest, checks, mutants, operations });
  }
  return { clauses };
}
