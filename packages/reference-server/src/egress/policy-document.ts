import type { WireEgressRule } from "@rxsandbox/protocol";

import { decodeJson, type GoType, goString } from "../shared/go-json/decode-json.js";
import { parseJson } from "../shared/go-json/parse-json.js";

/** A policy as the sidecar keeps it: `egress` is `null` when the document had none (`egress.md` 2, 3.1). */
export interface PolicyDocument {
  readonly egress: readonly WireEgressRule[] | null;
  readonly defaultAction: "allow" | "deny";
}

/** Where the reference follows the written specification instead of the recorded sidecar. */
export type EgressProfile = "opensandbox" | "spec";

/** A rule as it came, before {@link normalisePolicy}. */
export interface RawRule {
  readonly action?: string;
  readonly target?: string;
}

/** A document as it came. */
export interface RawPolicy {
  readonly defaultAction?: string;
  readonly egress?: readonly (RawRule | undefined)[];
}

/** The policy of a sidecar that was told nothing. */
export const DENY_ALL: PolicyDocument = { egress: null, defaultAction: "deny" };

/** Parses a policy document; throws with the decoder's text. */
export function parsePolicy(text: string): RawPolicy {
  return (decodeJson(parseJson(text, "whole"), POLICY) ?? {}) as RawPolicy;
}

/** Parses the rules of a PATCH; `null` is an empty list. Throws with the decoder's text. */
export function parseRules(text: string): readonly RawRule[] {
  const rules = (decodeJson(parseJson(text, "whole"), RULES) ?? []) as readonly (RawRule | undefined)[];
  return rules.map((rule) => rule ?? {});
}

/** Parses the targets of a DELETE; `null` is an empty list. Throws with the decoder's text. */
export function parseTargets(text: string): readonly string[] {
  const targets = (decodeJson(parseJson(text, "whole"), TARGETS) ?? []) as readonly (string | undefined)[];
  return targets.map((target) => target ?? "");
}

/**
 * Normalises a document: actions trimmed and lower-cased, targets trimmed and otherwise kept (`egress.md` 2).
 *
 * A missing action is `deny`, except in profile `spec`, which requires it. An unknown default action is refused in both
 * profiles: a real sidecar keeps it and fails open (`divergences.md` G06). Throws with the text for the client.
 */
export function normalisePolicy(raw: RawPolicy, profile: EgressProfile): PolicyDocument {
  const defaultAction = fold(raw.defaultAction) || "deny";
  if (defaultAction !== "allow" && defaultAction !== "deny")
    throw new Error(`unsupported defaultAction ${JSON.stringify(defaultAction)}`);
  if (raw.egress === undefined) return { egress: profile === "spec" ? [] : null, defaultAction };
  return { egress: raw.egress.map((rule) => normaliseRule(rule ?? {}, profile)), defaultAction };
}

/**
 * The derived `mode`: `enforcing` as soon as there is a rule (`egress.md` 2.1). Profile `spec` names the default action
 * even then, as the examples of the specification do (`divergences.md` G03).
 */
export function policyMode(policy: PolicyDocument, profile: EgressProfile): "allow_all" | "deny_all" | "enforcing" {
  if (profile === "opensandbox" && (policy.egress ?? []).length > 0) return "enforcing";
  return policy.defaultAction === "allow" ? "allow_all" : "deny_all";
}

const RULE: GoType = { kind: "struct", name: "policy.EgressRule", fields: { action: goString, target: goString } };
const RULES: GoType = { kind: "slice", name: "[]policy.EgressRule", items: RULE };
const TARGETS: GoType = { kind: "slice", name: "[]string", items: goString };
const POLICY: GoType = {
  kind: "struct",
  name: "policy.NetworkPolicy",
  fields: { defaultAction: goString, egress: RULES },
};

function normaliseRule(rule: RawRule, profile: EgressProfile): WireEgressRule {
  const action = fold(rule.action) || (profile === "spec" ? "" : "deny");
  if (action !== "allow" && action !== "deny") throw new Error(`unsupported action ${JSON.stringify(action)}`);
  const target = (rule.target ?? "").trim();
  if (target === "") throw new Error("egress target cannot be empty");
  return { action, target };
}

function fold(text: string | undefined): string {
  return (text ?? "").trim().toLowerCase();
}
