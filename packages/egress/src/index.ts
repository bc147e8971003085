export { createEgress, type Egress } from "./egress.js";
export type { EgressOptions } from "./egress-options.js";
export type { EgressPolicy, EgressRule } from "./egress-policy.js";
export type { WatchEgressPolicyOptions } from "./watch-egress-policy.js";
export type { CredentialVault, VaultWriteOptions } from "./vault/credential-vault.js";
export { CredentialVaultConflictError } from "./vault/credential-vault-conflict-error.js";
export type {
  Credential,
  InlineCredentialSource,
  CredentialBindingMutationSet,
  CredentialMutationSet,
  CredentialVaultCreateRequest,
  CredentialVaultPatchRequest,
} from "./vault/credential-vault-requests.js";
export type {
  CredentialAuth,
  CredentialBinding,
  CredentialMatch,
  CustomHeaderEntry,
} from "./vault/credential-binding.js";
export type {
  CredentialBindingMetadata,
  CredentialMetadata,
  CredentialVaultState,
} from "./vault/credential-vault-state.js";
