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
import type { PolicyFile } from "./policy-file.js";
import { RefusedChange, refuseWith } from "./refused-change.js";

/** What a policy is kept by. */
export interface PolicyStoreOptions {
  readonly initial: RawPolicy;
  readonly profile: EgressProfile;
  /** 0 means no limit. */
  readonly maxRules: number;
  /** Wins over `initial` when it holds a valid policy; every change is written before it counts. */
  readonly file?: PolicyFile | undefined;
  /** Throws a {@link RefusedChange} for a policy that something else depends on. */
  readonly check?: ((policy: PolicyDocument) => void) | undefined;
}

/**
 * The policy of one sidecar and its changes (`egress.md` 3). Every change is applied at once or refused as a whole.
 */
export class PolicyStore {
  readonly #options: PolicyStoreOptions;
  #policy: PolicyDocument;

  /** Throws when the initial policy is invalid: such a sidecar does not start. */
  constructor(options: PolicyStoreOptions) {
    this.#options = options;
    this.#policy = keptPolicy(options) ?? normalisePolicy(initialPolicy(options), options.profile);
  }

  /** The policy by now. */
  get current(): PolicyDocument {
    return this.#policy;
  }

  /** What GET answers. */
  describe(): WirePolicyResponse {
    return { ...this.#changed(), policy: { egress: this.#policy.egress, defaultAction: this.#policy.defaultAction } };
  }

  /** POST and PUT: replaces the policy, or resets it when the body is empty. */
  replace(body: string): WirePolicyResponse {
    if (body === "") {
      this.#switch(DENY_ALL);
      return { status: "ok", mode: "deny_all", reason: "policy reset to default deny-all" };
    }
    const policy = refuseWith("invalid policy: ", () => normalisePolicy(parsePolicy(body), this.#options.profile));
    this.#checkLimit(policy);
    this.#switch(policy);
    return this.#changed();
  }

  /** PATCH: merges rules; the default action stays. */
  merge(body: string): WirePolicyResponse {
    if (body === "") throw new RefusedChange(400, "empty body");
    const incoming = refuseWith("invalid patch rules: ", () => nonEmpty(parseRules(body)));
    const egress = mergeRules(incoming, this.#policy.egress ?? []);
    const raw = { egress, defaultAction: this.#policy.defaultAction };
    const policy = refuseWith("invalid merged policy: ", () => normalisePolicy(raw, this.#options.profile));
    this.#checkLimit(policy);
    this.#switch(policy);
    return this.#changed();
  }

  /** DELETE: removes rules by target. */
  remove(body: string): WirePolicyResponse {
    if (body === "") throw new RefusedChange(400, "empty body");
    const targets = refuseWith("invalid delete targets: ", () => nonEmpty(parseTargets(body)));
    const before = this.#policy.egress ?? [];
    const egress = removeTargets(targets, before);
    if (egress.length === before.length) return { ...this.#changed(), reason: "no matching targets found" };
    this.#switch({ ...this.#policy, egress });
    return this.#changed();
  }

  /** Checked, then written, then in force: whoever fails leaves everything as it was (`divergences.md` G12). */
  #switch(policy: PolicyDocument): void {
    const { check, file } = this.#options;
    check?.(policy);
    try {
      file?.write(policy);
    } catch (error) {
      throw new RefusedChange(500, `failed to persist policy: ${(error as Error).message}`);
    }
    this.#policy = policy;
  }

  #changed(): WirePolicyResponse {
    return { status: "ok", mode: policyMode(this.#policy, this.#options.profile), enforcementMode: "dns" };
  }

  #checkLimit(policy: PolicyDocument): void {
    const { maxRules } = this.#options;
    const count = (policy.egress ?? []).length;
    if (maxRules > 0 && count > maxRules)
      throw new RefusedChange(413, `egress rule total count ${count} exceeds limit ${maxRules}`);
  }
}

/** An empty or invalid file falls through (`egress.md` 2.4). */
function keptPolicy({ file, profile }: PolicyStoreOptions): PolicyDocument | undefined {
  const text = file?.read();
  if (text === undefined) return undefined;
  try {
    return normalisePolicy(parsePolicy(text), profile);
  } catch {
    return undefined;
  }
}

function nonEmpty<T>(items: readonly T[]): readonly T[] {
  if (items.length === 0) throw new Error("empty array");
  return items;
}

/**
 * An empty policy at the start allows everything, as it is written; the recorded sidecar denies (`divergences.md` G01).
 */
function initialPolicy({ initial, profile }: PolicyStoreOptions): RawPolicy {
  const isOpen = profile === "spec" && initial.defaultAction === undefined && (initial.egress ?? []).length === 0;
  return isOpen ? { ...initial, defaultAction: "allow" } : initial;
}
