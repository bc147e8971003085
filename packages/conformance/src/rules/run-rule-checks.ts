import { ruleChecks } from "./checks/rule-checks.js";
import { runRuleCheck, type RuleCheckResult, type RuleRunOptions } from "./run-rule-check.js";
import type { RuleSubject } from "../model/subject.js";

/** Judges a rule by every check, or by those whose id begins with `filter`, one after the other. */
export async function runRuleChecks(
  subject: RuleSubject,
  options: RuleRunOptions & { readonly filter?: string },
): Promise<readonly RuleCheckResult[]> {
  const results: RuleCheckResult[] = [];
  for (const check of ruleChecks)
    if (check.id.startsWith(options.filter ?? "")) results.push(await runRuleCheck(check, subject, options));
  return results;
}
