import type { Observable } from "rxjs";
import type { Api, Scope } from "@rxsandbox/transport";
import { parsePolicy, type EgressPolicy, type EgressRule } from "./egress-policy.js";
import { readRules } from "./read-rules.js";

/** What egress calls are built on. */
export interface EgressOptions {
  /** The sidecar of one sandbox: logical port 18080. Its address is looked up with the first call, not before. */
  readonly api: Api;
  readonly scope: Pick<Scope, "guard">;
}

/** The egress policy of one sandbox. It exists only where the create request named a `networkPolicy` (`egress.md` 1). */
export interface Egress {
  /** Emits the user's policy and completes. */
  getEgressPolicy(): Observable<EgressPolicy>;
  /**
   * Puts rules in front of those that are there; a rule with the same target in any case replaces the old one (`egress.md` 3.3).
   *
   * Emits when the server has applied them. Targets are sent as given.
   * Unsubscribe aborts the request, which may or may not have taken effect.
   */
  patchEgressRules(rules: readonly EgressRule[]): Observable<void>;
}

/** Creates the calls. */
export function createEgress({ api, scope }: EgressOptions): Egress {
  return {
    getEgressPolicy: () => scope.guard(api.json({ what: "Get egress policy", method: "GET", path: "/policy" }, parsePolicy)),
    patchEgressRules: (rules) => {
      const json = readRules("rules", rules);
      return scope.guard(api.empty({ what: "Patch egress rules", method: "PATCH", path: "/policy", json }));
    },
  };
}
