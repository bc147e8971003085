import type { IncomingMessage, ServerResponse } from "node:http";

import type { EgressSidecar, EgressSidecarOptions } from "./sidecar-options.js";
import { isSameSecret } from "../shared/secret-key.js";
import type { PolicyDocument } from "./policy-document.js";
import { policyFile } from "./policy-file.js";
import { PolicyStore } from "./policy-store.js";
import { readLimitedBody } from "./read-limited-body.js";
import { answerJson, answerText, refuse, refuseMethod, refuseThrown } from "./sidecar-answer.js";
import { cachedVault } from "./vault/cached-vault.js";
import { answerVault, type VaultPreconditions } from "./vault/vault-routes.js";
import { type ActiveVault, VaultStore } from "./vault/vault-store.js";

/** What decides which traffic of a sandbox goes through, and with which credentials. */
export interface TrafficRules {
  /** The policy by now. */
  policy(): PolicyDocument;
  /** The vault that requests get by now, with its secrets: for a short while it may be an older one. */
  vault(): ActiveVault | undefined;
}

/** The rules of a sandbox without a policy. */
export const NO_RULES: TrafficRules = {
  policy: () => ({ defaultAction: "allow", egress: [] }),
  vault: () => undefined,
};

/** A sidecar together with what it decides by, for whoever lets the traffic through. */
export interface EnforceableSidecar extends EgressSidecar, TrafficRules {}

/**
 * Creates a sidecar with the routes of `egress.md` 1.1.
 *
 * Throws on an invalid policy, as a real sidecar does not start then.
 */
export function createEgressSidecar(options: EgressSidecarOptions): EgressSidecar {
  const { handle } = createEnforceableSidecar(options);
  return { handle };
}

/** Creates a sidecar whose rules can be asked for too; throws on an invalid policy. */
export function createEnforceableSidecar(options: EgressSidecarOptions): EnforceableSidecar {
  const { token, profile, interception } = options;
  const policy: PolicyStore = new PolicyStore({
    initial: options.policy,
    profile,
    maxRules: options.maxRules ?? DEFAULT_MAX_RULES,
    file: options.policyFile === undefined ? undefined : policyFile(options.policyFile),
    check: (next) => vault.checkPolicy(next),
  });
  const vault = new VaultStore(() => policy.current, {
    ports: INTERCEPTED_PORTS,
    ignoredHosts: interception?.ignoredHosts ?? [],
  });
  const isReady = interception?.isReady ?? ((): boolean => true);
  const preconditions: VaultPreconditions = {
    hasToken: token !== undefined,
    interception: interception && { isReady, isUpstreamInsecure: interception.isUpstreamInsecure ?? false },
  };
  return {
    policy: () => policy.current,
    vault: cachedVault({
      load: () => vault.active(),
      cacheMs: interception?.vaultCacheMs ?? 0,
      now: () => performance.now(),
    }),
    handle(request, response, path) {
      const pathname = path.split("?")[0] ?? "";
      if (pathname === "/healthz") {
        const isUp = interception === undefined || isReady();
        return answerText(
          response,
          isUp ? 200 : 503,
          "text/plain; charset=utf-8",
          isUp ? "ok" : "mitmproxy not ready\n",
        );
      }
      if (pathname === "/credential-vault/_active") {
        return request.method === "GET" ? refuse(response, 403, "forbidden") : refuseMethod(response, "GET");
      }
      const isVault = pathname === "/credential-vault" || pathname.startsWith("/credential-vault/");
      if (pathname !== "/policy" && !isVault) return refuse(response, 404, "404 page not found");
      if (!isAuthorized(request, token)) return refuse(response, 401, "unauthorized");
      if (isVault) return answerVault(request, response, pathname, vault, preconditions);
      answerPolicy(request, response, policy);
    },
  };
}

const DEFAULT_MAX_RULES = 4096;
const INTERCEPTED_PORTS = [80, 443];
const POLICY_METHODS = "GET, POST, PUT, PATCH, DELETE";

function answerPolicy(request: IncomingMessage, response: ServerResponse, store: PolicyStore): void {
  const method = request.method ?? "GET";
  if (method === "GET") return answerJson(response, 200, store.describe());
  const change = changeOf(method, store);
  if (change === undefined) return refuseMethod(response, POLICY_METHODS);
  readLimitedBody(request)
    .then((body) => answerJson(response, 200, change(body)))
    .catch((error: unknown) => refuseThrown(response, error));
}

function changeOf(method: string, store: PolicyStore): ((body: string) => unknown) | undefined {
  if (method === "POST" || method === "PUT") return (body) => store.replace(body);
  if (method === "PATCH") return (body) => store.merge(body);
  return method === "DELETE" ? (body) => store.remove(body) : undefined;
}

function isAuthorized(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const sent = request.headers["opensandbox-egress-auth"];
  return typeof sent === "string" && isSameSecret(sent, token);
}
