import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import { mergeModel, removeModel, type EgressOutcome } from "../../oracles/egress-model.js";
import { judgeEgress } from "../../oracles/egress-oracle.js";
import type { Level } from "../../model/check.js";
import type { OracleFinding } from "../../oracles/finding.js";
import type { RuleCase } from "../rule-check.js";
import type { MergeRequest, RemoveRequest, RuleAnswer } from "../rule-port.js";

/** What of an answer a check looks at: the list as it is, or its rules in any order, so that one fault is one red. */
export type RulesView = "list" | "set";

/** A merge to ask for. */
export interface Merge {
  readonly policy: WireEgressPolicy;
  readonly patch: readonly WireEgressRule[];
  readonly limit?: number;
}

/** Makes the case of one merge, judged by the model. */
export function mergeCase(
  clause: string,
  { policy, patch, limit }: Merge,
  view: RulesView,
  level: Level = "MUST",
): RuleCase {
  const request: MergeRequest = { op: "merge", policy, patch, ...(limit === undefined ? {} : { limit }) };
  return {
    requests: [request],
    judge: ([answer]) => judgeAnswer(clause, mergeModel(policy, patch, limit), answer, view, level),
  };
}

/** Makes the case of one removal, judged by the model. */
export function removeCase(
  clause: string,
  policy: WireEgressPolicy,
  targets: readonly string[],
  view: RulesView,
  level: Level = "MUST",
): RuleCase {
  const request: RemoveRequest = { op: "remove", policy, targets };
  return {
    requests: [request],
    judge: ([answer]) => judgeAnswer(clause, removeModel(policy, targets), answer, view, level),
  };
}

function judgeAnswer(
  clause: string,
  expected: EgressOutcome,
  answer: RuleAnswer | undefined,
  view: RulesView,
  level: Level,
): readonly OracleFinding[] {
  if (answer === undefined || "items" in answer || "exitCode" in answer || "refused" in answer) {
    return [{ clause, invariant: "refused", level, expected, observed: answer ?? null }];
  }
  return judgeEgress(clause, viewed(expected, view), viewed(answer, view)).map((finding) => ({ ...finding, level }));
}

function viewed(outcome: EgressOutcome, view: RulesView): EgressOutcome {
  if ("error" in outcome || view === "list") return outcome;
  const egress = [...(outcome.policy.egress ?? [])].sort((one, other) => (spelled(one) < spelled(other) ? -1 : 1));
  return { policy: { ...outcome.policy, egress } };
}

function spelled({ action, target }: WireEgressRule): string {
  return `${target} ${action}`;
}
