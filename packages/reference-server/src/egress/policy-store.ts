import type { WirePolicyResponse } from "@rxsandbox/protocol";

import { mergeRules, removeTargets } from "./change-rules.js";
import {
  DENY_ALL,
  type EgressProfile,
  normalisePolicy,
  parsePolicy,
  parseRules,
  parseTargets,
  type PolicyDocument,
  policyMode,
  type RawPolicy,
} from "./policy-document.js";

/** A change that was refused, with its status and text (`egress.md` 3). */
export class RefusedChange extends Error {
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The policy of one sidecar and its changes (`egress.md` 3). Every change is applied at once or refused as a whole.
 */
export class PolicyStore {
  readonly #profile: EgressProfile;
  readonly #maxRules: number;
  #policy: PolicyDocument;

  /** Throws when the initial policy is invalid: such a sidecar does not start. `maxRules` 0 means no limit. */
  constructor(initial: RawPolicy, profile: EgressProfile, maxRules: number) {
    this.#profile = profile;
    this.#maxRules = maxRules;
    this.#policy = normalisePolicy(initial, profile);
  }

  /** What GET answers. */
  describe(): WirePolicyResponse {
    return { ...this.#changed(), policy: { egress: this.#policy.egress, defaultAction: this.#policy.defaultAction } };
  }

  /** POST and PUT: replaces the policy, or resets it when the body is empty. */
  replace(body: string): WirePolicyResponse {
    if (body === "") {
      this.#policy = DENY_ALL;
      return { status: "ok", mode: "deny_all", reason: "policy reset to default deny-all" };
    }
    const policy = refuseWith("invalid policy", () => normalisePolicy(parsePolicy(body), this.#profile));
    this.#checkLimit(policy);
    this.#policy = policy;
    return this.#changed();
  }

  /** PATCH: merges rules; the default action stays. */
  merge(body: string): WirePolicyResponse {
    if (body === "") throw new RefusedChange(400, "empty body");
    const incoming = refuseWith("invalid patch rules", () => nonEmpty(parseRules(body)));
    const egress = mergeRules(incoming, this.#policy.egress ?? []);
    const raw = { egress, defaultAction: this.#policy.defaultAction };
    const policy = refuseWith("invalid merged policy", () => normalisePolicy(raw, this.#profile));
    this.#checkLimit(policy);
    this.#policy = policy;
    return this.#changed();
  }

  /** DELETE: removes rules by target. */
  remove(body: string): WirePolicyResponse {
    if (body === "") throw new RefusedChange(400, "empty body");
    const targets = refuseWith("invalid delete targets", () => nonEmpty(parseTargets(body)));
    const before = this.#policy.egress ?? [];
    const egress = removeTargets(targets, before);
    if (egress.length === before.length) return { ...this.#changed(), reason: "no matching targets found" };
    this.#policy = { ...this.#policy, egress };
    return this.#changed();
  }

  #changed(): WirePolicyResponse {
    return { status: "ok", mode: policyMode(this.#policy, this.#profile), enforcementMode: "dns" };
  }

  #checkLimit(policy: PolicyDocument): void {
    const count = (policy.egress ?? []).length;
    if (this.#maxRules > 0 && count > this.#maxRules) {
      throw new RefusedChange(413, `egress rule total count ${count} exceeds limit ${this.#maxRules}`);
    }
  }
}

function refuseWith<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RefusedChange(400, `${prefix}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nonEmpty<T>(items: readonly T[]): readonly T[] {
  if (items.length === 0) throw new Error("empty array");
  return items;
}
