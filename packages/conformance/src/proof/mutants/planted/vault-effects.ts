import type { GatewayRequest } from "../../../gateway/alteration.js";
import { conditional, ofServer } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { requestJson } from "./altering.js";

interface Credential {
  readonly name: string;
}
/** A write of a vault, as far as it is well-formed: the list of a create, the changes of a patch. */
interface VaultBody {
  readonly credentials?: unknown;
  readonly bindings?: { readonly delete?: readonly string[]; readonly add?: readonly object[] };
}

const writes =
  (method: string): ((request: GatewayRequest) => boolean) =>
  (request) =>
    request.part === "egress" && request.path === "/credential-vault" && request.method === method;
const isWrite = (request: GatewayRequest): boolean => writes("POST")(request) || writes("PATCH")(request);

/** Sidecars whose vault does not reach the traffic as it should. */
export const vaultEffectMutants: readonly ServerMutant[] = [
  ofServer(
    { vaultCacheMs: 500 },
    "vault-cached-for-half-a-second",
    "a vault is used for half a second after it has changed",
    "lifecycle/vault-effect/at-once",
    "G28/in-force",
  ),
  ofServer(
    { vaultCacheMs: 3_000 },
    "vault-cached-for-three-seconds",
    "a vault is used for three seconds after it has changed",
    "lifecycle/vault-effect/settled",
    "egress.vault.settles/new-value",
  ),
  conditional(
    "vault-keeps-replaced-values",
    "a credential that is replaced keeps its value, and nobody is told",
    "lifecycle/vault-effect/settled",
    "egress.vault.settles/new-value",
    () => {
      let known = new Map<string, Credential>();
      return requestJson(isWrite, (json, { method }) => {
        const { credentials } = json as VaultBody;
        if (method === "POST")
          known = new Map(
            Array.isArray(credentials) ? (credentials as readonly Credential[]).map((item) => [item.name, item]) : [],
          );
        const { replace } = (credentials ?? {}) as { readonly replace?: unknown };
        return Array.isArray(replace)
          ? {
              ...json,
              credentials: {
                ...(credentials as object),
                replace: (replace as readonly Credential[]).map((item) => known.get(item.name) ?? item),
              },
            }
          : json;
      });
    },
  ),
  conditional(
    "vault-revoked-still-sent",
    "a binding for plain HTTP that is deleted by a change of bindings alone is used on, and nobody is told",
    "lifecycle/vault-effect/settled",
    "egress.vault.settles/revoked",
    () => {
      let isPlain = false;
      return requestJson(isWrite, (json, { method, body }) => {
        if (method === "POST") isPlain = body.includes('"http"');
        const { credentials, bindings } = json as VaultBody;
        if (!isPlain || method !== "PATCH" || credentials !== undefined || bindings === undefined) return json;
        // It is still there when it is added again.
        return { ...json, bindings: { replace: bindings.add ?? [] } };
      });
    },
  ),
  conditional(
    "vault-ignores-plain-http",
    "a binding for plain HTTP is taken and never used",
    "lifecycle/vault-effect/settled",
    "egress.vault.injects/put-in",
    () =>
      requestJson(
        isWrite,
        (json) =>
          JSON.parse(JSON.stringify(json).replace('"schemes":["http"]', '"schemes":["https"]')) as Record<
            string,
            unknown
          >,
      ),
  ),
];
