import { readFileSync } from "node:fs";
import type { Mutant } from "../mutant.js";
import { wrongRules } from "./wrong-rules.js";

/** Every wrong rule as a mutant: the check that must fail it, and what else it fails, as frozen. */
export function plantedRuleFaults(): readonly Mutant[] {
  const table = killTable();
  return wrongRules.map(({ id, title, fails, isConditional = false }) => {
    const { reason = "", alsoFails = [] } = table[id] ?? {};
    const [clause = "", invariant = ""] = reason.split("/");
    return { id, title, check: fails, reason: { clause, invariant }, alsoFails, isConditional };
  });
}

/** Which checks are red for a wrong rule. */
export interface Kills {
  /** Reason code, `clause/invariant`, of the check that must fail. */
  readonly reason: string;
  /** Every other check that fails or warns; anything else that is red is a defect of the suite. */
  readonly alsoFails: readonly string[];
}

/** Reads the frozen table, by id of the wrong rule. */
export function killTable(): Readonly<Record<string, Kills>> {
  return JSON.parse(readFileSync(new URL("../../../corpus/wrong-rules.json", import.meta.url), "utf8")) as Readonly<
    Record<string, Kills>
  >;
}
