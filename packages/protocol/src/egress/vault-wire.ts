/** Wire types of the credential vault of the egress sidecar (`egress.md` 4). */

export interface WireCredential {
  readonly name: string;
  readonly source: { readonly type?: string; readonly value: string };
}

export interface WireCredentialMatch {
  readonly schemes?: readonly string[];
  readonly ports?: readonly number[];
  readonly hosts: readonly string[];
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
}

export interface WireCredentialAuth {
  readonly type: string;
  readonly name?: string;
  readonly credential?: string;
  readonly headers?: ReadonlyArray<{ readonly name: string; readonly credential: string }>;
}

export interface WireCredentialBinding {
  readonly name: string;
  readonly match: WireCredentialMatch;
  readonly auth: WireCredentialAuth;
}

/** Body of `POST /credential-vault`; unknown fields are refused (`egress.md` 4.3). */
export interface WireVaultCreateRequest {
  readonly credentials?: readonly WireCredential[];
  readonly bindings?: readonly WireCredentialBinding[];
}

/** Body of `PATCH /credential-vault` (`egress.md` 4.5). */
export interface WireVaultPatchRequest {
  readonly expectedRevision?: number | null;
  readonly credentials?: {
    readonly add?: readonly WireCredential[];
    readonly replace?: readonly WireCredential[];
    readonly delete?: readonly string[];
  };
  readonly bindings?: {
    readonly add?: readonly WireCredentialBinding[];
    readonly replace?: readonly WireCredentialBinding[];
    readonly delete?: readonly string[];
  };
}

/** What is shown of a credential: never its value (`egress.md` 4.4). */
export interface WireCredentialMetadata {
  readonly name: string;
  readonly sourceType: string;
  readonly revision: number;
}

/** What is shown of a binding: neither references nor names of custom headers (`egress.md` 4.4). */
export interface WireCredentialBindingMetadata {
  readonly name: string;
  readonly revision: number;
  readonly match?: WireCredentialMatch;
  readonly auth?: { readonly type: string; readonly name?: string };
}

/** Body of every 2xx answer of `/credential-vault` that has one. */
export interface WireVaultState {
  readonly revision: number;
  readonly credentials: readonly WireCredentialMetadata[];
  readonly bindings: readonly WireCredentialBindingMetadata[];
}
