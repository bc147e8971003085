import type { CredentialBinding } from "./credential-binding.js";

/** What a new vault holds; nothing is allowed. */
export interface CredentialVaultCreateRequest {
  readonly credentials?: readonly Credential[];
  readonly bindings?: readonly CredentialBinding[];
}

/**
 * A change of a vault, applied as a whole or not at all: per kind first what is deleted, then replaced, then added
 * (`egress.md` 4.5).
 */
export interface CredentialVaultPatchRequest {
  /** The revision that the vault must have. Without it the last writer wins. */
  readonly expectedRevision?: number;
  readonly credentials?: CredentialMutationSet;
  readonly bindings?: CredentialBindingMutationSet;
}

/** Changes of credentials; a name may occur once. A replaced one keeps the bindings that refer to it. */
export interface CredentialMutationSet {
  readonly add?: readonly Credential[];
  readonly replace?: readonly Credential[];
  /** Names. */
  readonly delete?: readonly string[];
}

/** Changes of bindings; a name may occur once. */
export interface CredentialBindingMutationSet {
  readonly add?: readonly CredentialBinding[];
  readonly replace?: readonly CredentialBinding[];
  /** Names. */
  readonly delete?: readonly string[];
}

/** A secret under a name by which bindings refer to it. */
export interface Credential {
  /** Not blank; white space around it does not count. */
  readonly name: string;
  readonly source: InlineCredentialSource;
}

/** A secret given with the request. */
export interface InlineCredentialSource {
  /** The only kind there is, and the default. */
  readonly type?: "inline";
  /**
   * Write-only: no answer holds it, and no error, event or debug line of this library shows it. Not empty, without line
   * breaks.
   */
  readonly value: string;
}
