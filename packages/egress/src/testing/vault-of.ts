import { lastValueFrom, type Observable } from "rxjs";
import { ApiError, type SandboxError } from "@rxsandbox/transport";
import { egressOf } from "./egress-of.js";
import type { CredentialAuth } from "../vault/credential-binding.js";

export const token = { name: "t", source: { type: "inline", value: "s3cret" } } as const;
export const binding = (auth: CredentialAuth, match: object = {}) => ({
  name: "b",
  match: { hosts: ["api.example.com"], ...match },
  auth,
});
export const bearer = binding({ type: "bearer", credential: "t" });
export const state = {
  revision: 1,
  credentials: [{ name: "t", sourceType: "inline", revision: 1 }],
  bindings: [{ name: "b", revision: 1, match: { hosts: ["a.b"] }, auth: { type: "bearer" } }],
};

export const vaultOf = (answers: readonly unknown[], options = {}) => {
  const { egress, sent } = egressOf(answers, { vaultSettleMs: 0, ...options });
  return { vault: egress.credentialVault, sent };
};
export const refusal = (status: number, body: string, code: SandboxError["code"] = "invalid-request", attempts = 1) =>
  new ApiError(
    code,
    { what: "Do it", method: "POST", path: "/credential-vault", detail: body },
    { status, body: `${body}\n`, requestId: "r", attempts },
  );
export const failureOf = (call: Observable<unknown>) =>
  lastValueFrom(call).then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as SandboxError,
  );
