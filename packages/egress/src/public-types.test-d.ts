import type { Observable } from "rxjs";
import { expectTypeOf } from "vitest";
import type { CredentialAuth, CredentialVault, CredentialVaultState, Egress, EgressPolicy } from "./index.js";

declare const egress: Egress;
declare const vault: CredentialVault;

expectTypeOf(egress.watchEgressPolicy({ intervalSeconds: 1 })).toEqualTypeOf<Observable<EgressPolicy>>();
expectTypeOf(egress.deleteEgressRules(["a.com"])).toEqualTypeOf<Observable<void>>();
expectTypeOf(vault.patch({})).toEqualTypeOf<Observable<CredentialVaultState>>();
// Values go in and never come out.
expectTypeOf<CredentialVaultState["credentials"][number]>().not.toHaveProperty("source");

expectTypeOf<CredentialAuth["type"]>().toEqualTypeOf<"bearer" | "basic" | "apiKey" | "customHeaders">();
const auths: readonly CredentialAuth[] = [
  { type: "bearer", credential: "t" },
  { type: "basic", credential: "t" },
  { type: "apiKey", name: "x-api-key", credential: "t" },
  { type: "customHeaders", headers: [{ name: "x-one", credential: "t" }] },
  // @ts-expect-error the header is part of this kind
  { type: "apiKey", credential: "t" },
  // @ts-expect-error this kind has a header of its own
  { type: "bearer", credential: "t", name: "x" },
  // @ts-expect-error no such kind
  { type: "oauth", credential: "t" },
];
void auths;
