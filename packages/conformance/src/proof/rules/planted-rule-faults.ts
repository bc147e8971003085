import type { Mutant } from "../mutant.js";
import { killTable } from "./kill-table.js";
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
