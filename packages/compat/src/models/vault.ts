export interface InlineCredentialSource extends Record<string, unknown> {
  type?: "inline";
  /** Write-only: no answer ever holds it. */
  value: string;
}

export interface Credential extends Record<string, unknown> {
  name: string;
  source: InlineCredentialSource;
}

export type CredentialMatchScheme = "https" | "http";

/** Which requests a binding is for. */
export interface CredentialMatch extends Record<string, unknown> {
  schemes?: CredentialMatchScheme[];
  ports?: number[];
  hosts: string[];
  methods?: string[];
  paths?: string[];
}

export type CredentialSubstitutionSurface = "path" | "query" | "header" | "body";

/**
 * Replaces a placeholder in a request; the client refuses it by name, since no released sidecar knows it (`egress.md`
 * 4).
 */
export interface CredentialSubstitution extends Record<string, unknown> {
  credential: string;
  placeholder: string;
  in: CredentialSubstitutionSurface[];
}

export interface CustomHeaderEntry extends Record<string, unknown> {
  name: string;
  credential: string;
}

interface Substitutions {
  substitutions?: CredentialSubstitution[];
}

/** How a credential is put into a request. `passthrough` and `substitutions` are refused by name. */
export type CredentialAuth =
  | ({ type: "bearer"; credential: string } & Substitutions)
  | ({ type: "basic"; credential: string } & Substitutions)
  | ({ type: "apiKey"; name: string; credential: string } & Substitutions)
  | ({ type: "customHeaders"; headers: CustomHeaderEntry[] } & Substitutions)
  | ({ type: "passthrough" } & Substitutions);

export interface CredentialBinding extends Record<string, unknown> {
  name: string;
  match: CredentialMatch;
  auth: CredentialAuth;
}

export interface CredentialMetadata {
  name: string;
  sourceType: string;
  revision: number;
}

export interface CredentialAuthMetadata {
  type: string;
  name?: string;
}

export interface CredentialBindingMetadata {
  name: string;
  revision: number;
  match?: CredentialMatch;
  auth?: CredentialAuthMetadata;
}

/** What a vault holds, without any secret. */
export interface CredentialVaultState {
  revision: number;
  credentials: CredentialMetadata[];
  bindings: CredentialBindingMetadata[];
}

export interface CredentialMutationSet extends Record<string, unknown> {
  add?: Credential[];
  replace?: Credential[];
  delete?: string[];
}

export interface CredentialBindingMutationSet extends Record<string, unknown> {
  add?: CredentialBinding[];
  replace?: CredentialBinding[];
  delete?: string[];
}

export interface CredentialVaultCreateRequest extends Record<string, unknown> {
  credentials: Credential[];
  bindings: CredentialBinding[];
}

export interface CredentialVaultPatchRequest extends Record<string, unknown> {
  /** Rejects with status 409 when the vault is at another revision. */
  expectedRevision?: number;
  credentials?: CredentialMutationSet;
  bindings?: CredentialBindingMutationSet;
}

/** Credentials that the egress sidecar puts into requests of one sandbox. */
export interface CredentialVault {
  create(request: CredentialVaultCreateRequest): Promise<CredentialVaultState>;
  get(): Promise<CredentialVaultState>;
  /** All or nothing. */
  patch(request: CredentialVaultPatchRequest): Promise<CredentialVaultState>;
  delete(): Promise<void>;
  listCredentials(): Promise<CredentialMetadata[]>;
  getCredential(name: string): Promise<CredentialMetadata>;
  listBindings(): Promise<CredentialBindingMetadata[]>;
  getBinding(name: string): Promise<CredentialBindingMetadata>;
}

/** The credentials of a vault, as the wire has them. */
export interface CredentialListResponse {
  revision: number;
  credentials: CredentialMetadata[];
}

/** The bindings of a vault, as the wire has them. */
export interface CredentialBindingListResponse {
  revision: number;
  bindings: CredentialBindingMetadata[];
}
