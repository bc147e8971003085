import type { Observable } from "rxjs";
import type { ApiConnection } from "@rxsandbox/transport/calls";
import { parsePolicy, readRules, readTargets, type EgressPolicy, type EgressRule } from "./egress-policy.js";
import type { EgressOptions } from "./egress-options.js";
import { createExplainedApi } from "./explain-egress-error.js";
import { createCredentialVault, type CredentialVault } from "./vault/credential-vault.js";
import { readInterval, watchPolicy, type WatchEgressPolicyOptions } from "./watch-egress-policy.js";

/**
 * The egress policy and the credential vault of one sandbox. They exist only where the create request named a
 * `networkPolicy` (`egress.md` 1).
 */
export interface Egress {
  /** Emits the user's policy and completes. */
  getEgressPolicy(): Observable<EgressPolicy>;
  /**
   * Puts rules in front of those that are there; a rule with the same target in any case replaces the old one
   * (`egress.md` 3.3).
   *
   * Emits when the server has applied them. A target that no host could match throws at the call.
   * Unsubscribe aborts the request, which may or may not have taken effect.
   */
  patchEgressRules(rules: readonly EgressRule[]): Observable<void>;
  /**
   * Removes every rule with one of the targets, allow and deny, whatever their case; targets without a rule are ignored
   * (`egress.md` 3.4).
   *
   * Emits when the server has applied it. A target is compared as text: `*.x.com` removes that wildcard rule alone. A
   * target that no host could match throws at the call. Unsubscribe aborts the request, which may or may not have taken
   * effect.
   */
  deleteEgressRules(targets: readonly string[]): Observable<void>;
  /**
   * Emits the policy now and whenever it has changed; no rules, `null` and an empty list are the same policy.
   *
   * Producer: each subscription asks with a `GET` of its own, `intervalSeconds` (5) after the answer before; the server
   * has nothing to wait on. Through the server's proxy each question counts as an access, which keeps a sandbox alive
   * that renews on access. Completes never. Errors with the first question that fails for good: a policy that cannot be
   * read is not an unchanged one. Unsubscribe stops asking.
   */
  watchEgressPolicy(options?: WatchEgressPolicyOptions): Observable<EgressPolicy>;
  readonly credentialVault: CredentialVault;
}

/**
 * Creates the calls. `connection` leads to the sidecar, logical port 18080; its address is looked up with the first
 * call, not before.
 */
export function createEgress(connection: ApiConnection, options: EgressOptions = {}): Egress {
  const sidecar = { ...connection, api: createExplainedApi(connection.api) };
  const { api } = sidecar;
  const getPolicy = api.json({ what: "Get egress policy", method: "GET", path: "/policy" }, parsePolicy);
  return {
    getEgressPolicy: () => getPolicy,
    patchEgressRules: (rules) => {
      const json = readRules("rules", rules);
      return api.empty({ what: "Patch egress rules", method: "PATCH", path: "/policy", json });
    },
    deleteEgressRules: (targets) => {
      const json = readTargets("targets", targets);
      return api.empty({ what: "Delete egress rules", method: "DELETE", path: "/policy", json });
    },
    watchEgressPolicy: (watchOptions = {}) => watchPolicy(sidecar, getPolicy, readInterval(watchOptions)),
    credentialVault: createCredentialVault(sidecar, options),
  };
}
