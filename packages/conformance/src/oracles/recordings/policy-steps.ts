import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import { mergeModel, removeModel, type EgressOutcome } from "../egress-model.js";
import { judgeEgress } from "../egress-oracle.js";
import type { OracleFinding } from "../finding.js";
import { isObject } from "../stream-item.js";
import type { RecordedStep } from "./recording.js";

/** A policy, and what is to blame when the next read shows another one. */
interface Known {
  readonly clause: string;
  readonly policy: WireEgressPolicy;
}

/**
 * Follows the policy of each sidecar, told by its address, through a recording: what a read showed, changed by every
 * accepted patch and removal, is what the next read has to show (`egress.md` 3.3, 3.4). After a change outside the
 * domain of the model nothing is known until the next read.
 */
export function judgePolicySteps(steps: readonly RecordedStep[]): readonly OracleFinding[] {
  const findings: OracleFinding[] = [];
  const known = new Map<string, Known>();
  for (const [index, step] of steps.entries()) {
    const { method, path = "" } = step.request ?? {};
    const status = step.response?.status ?? 0;
    if (!/(^|\/)policy$/.test(path.split("?")[0] ?? "")) continue;
    const before = known.get(path);
    let after = before;
    if (method === "GET" && status === 200) {
      const observed = policyOf(step.decoded?.[0]);
      if (before !== undefined && observed !== undefined)
        findings.push(
          ...judgeEgress(before.clause, before, { policy: observed }).map((finding) => ({
            ...finding,
            at: `step ${index + 1}`,
          })),
        );
      after = observed === undefined ? undefined : { clause: "egress.patch.keeps-rest", policy: observed };
    } else if (method !== "GET" && before !== undefined && status >= 200 && status < 300)
      after = changed(before.policy, method, step.request?.body);
    else if (method !== "GET" && status >= 500) after = undefined;
    if (after === undefined) known.delete(path);
    else known.set(path, after);
  }
  return findings;
}

function changed(policy: WireEgressPolicy, method: string | undefined, body: unknown): Known | undefined {
  const list = listOf(body);
  if (list === undefined) return undefined;
  let outcome: EgressOutcome | undefined;
  if (method === "PATCH" && list.every(isPlainRule)) outcome = mergeModel(policy, list);
  if (method === "DELETE" && list.every((target) => typeof target === "string")) outcome = removeModel(policy, list);
  return outcome === undefined || "error" in outcome
    ? undefined
    : { clause: method === "PATCH" ? "egress.patch.order" : "egress.remove.rules", policy: outcome.policy };
}

/** Whether a rule is in the domain where servers agree. */
function isPlainRule(rule: unknown): rule is WireEgressRule {
  if (!isObject(rule)) return false;
  const { action, target } = rule;
  return (action === "allow" || action === "deny") && typeof target === "string" && /^[!-~]+$/.test(target);
}

function listOf(body: unknown): readonly unknown[] | undefined {
  try {
    const value: unknown = typeof body === "string" ? JSON.parse(body) : undefined;
    return Array.isArray(value) ? value : undefined;
  } catch {
    // No JSON: the server had to refuse it, and nothing is known when it did not.
    return undefined;
  }
}

function policyOf(answer: unknown): WireEgressPolicy | undefined {
  if (!isObject(answer) || !isObject(answer["policy"])) return undefined;
  const { defaultAction, egress } = answer["policy"];
  return typeof defaultAction === "string"
    ? { defaultAction, egress: Array.isArray(egress) ? (egress as readonly WireEgressRule[]) : null }
    : undefined;
}
