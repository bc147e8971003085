export { createEgress, type Egress } from "./egress.js";
export type { EgressOptions } from "./egress-options.js";
export type { EgressPolicy, EgressRule } from "./egress-policy.js";
export type { WatchEgressPolicyOptions } from "./watch-egress-policy.js";
export type { CredentialVault } from "./vault/credential-vault.js";
export type { VaultWriteOptions } from "./vault/vault-write-options.js";
export { CredentialVaultConflictError } from "./vault/credential-vault-conflict-error.js";
export type { Credential, InlineCredentialSource } from "./vault/credential.js";
export type {
  CredentialAuth,
  CredentialBinding,
  CredentialMatch,
  CustomHeaderEntry,
} from "./vault/credential-binding.js";
export type {
  CredentialBindingMutationSet,
  CredentialMutationSet,
  CredentialVaultCreateRequest,
  CredentialVaultPatchRequest,
} from "./vault/credential-vault-requests.js";
export type {
  CredentialBindingMetadata,
  CredentialMetadata,
  CredentialVaultState,
} from "./vault/credential-vault-state.js";
