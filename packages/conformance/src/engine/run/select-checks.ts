import type { Check, Depth } from "../../model/check.js";
import type { Subject } from "../../model/subject.js";
import type { ConformanceOptions } from "./conformance-options.js";

const DEPTHS: readonly Depth[] = ["quick", "standard", "full"];

/** The checks that a subject's kind could run at all. */
export function checksOf(subject: Subject, checks: readonly Check[]): readonly Check[] {
  // Operations that a rule does not offer are told by name: their checks run into "not-applicable".
  if (subject.kind === "rule") return checks.filter(({ part }) => part === "rule");
  return checks.filter(({ part }) => {
    if (part === "lifecycle") return subject.lifecycle !== undefined;
    if (part === "execd") return subject.lifecycle !== undefined || subject.execd !== undefined;
    if (part === "egress") return subject.lifecycle !== undefined || subject.egress !== undefined;
    return false;
  });
}

/**
 * The checks of one run, in their order: those that mostly wait first, those that need the subject for themselves last.
 */
export function selectChecks(
  candidates: readonly Check[],
  options: ConformanceOptions & { readonly depth: Depth },
): readonly Check[] {
  const { depth, capabilities, filter, shard } = options;
  const deepest = DEPTHS.indexOf(depth);
  const matches = filter === undefined ? () => true : matcher(filter);
  const chosen = candidates
    .filter((check) => DEPTHS.indexOf(check.depth) <= deepest)
    .filter((check) => capabilities === undefined || capabilities.includes(check.capability))
    .filter((check) => [check.id, check.group, ...check.clauses].some(matches))
    .filter((_, index) => shard === undefined || index % shard.of === shard.index - 1);
  const rank = (check: Check): number => (check.runsAlone === true ? 2 : check.startsFirst === true ? 0 : 1);
  return chosen.toSorted((a, b) => rank(a) - rank(b));
}

function matcher(filter: string): (text: string) => boolean {
  if (!filter.includes("*")) return (text) => text.includes(filter);
  const expression = new RegExp(
    `^${filter
      .split("*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
  return (text) => expression.test(text);
}
