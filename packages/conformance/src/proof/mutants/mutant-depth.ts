import type { Check, Depth } from "../../model/check.js";
import type { ServerMutant } from "./server-mutant.js";

/** How deep a run has to be that finds a mutant: standard, or full where its check is part of no other. */
export function mutantDepth({ check }: ServerMutant, checks: readonly Check[]): Depth {
  return checks.find(({ id }) => id === check)?.depth === "full" ? "full" : "standard";
}
