/** Wire types of the lifecycle API. Field names and optionality as in `lifecycle.md` 2 and 3. */

export interface WireImageSpec {
  readonly uri: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

export interface WirePlatform {
  readonly os: string;
  readonly arch: string;
}

export interface WireNetworkPolicy {
  readonly defaultAction?: string;
  readonly egress?: ReadonlyArray<{ readonly action: string; readonly target: string }> | null;
}

export interface WireHostVolume {
  readonly path: string;
}

export interface WirePvcVolume {
  readonly claimName: string;
  readonly createIfNotExists?: boolean;
  readonly deleteOnSandboxTermination?: boolean;
  readonly storageClass?: string;
  readonly storage?: string;
  readonly accessModes?: readonly string[];
}

export interface WireOssfsVolume {
  readonly bucket: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly version?: "1.0" | "2.0";
  readonly options?: readonly string[];
}

export interface WireVolume {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
  readonly host?: WireHostVolume | null;
  readonly pvc?: WirePvcVolume | null;
  readonly ossfs?: WireOssfsVolume | null;
}

/** Body of `POST /v1/sandboxes` (`lifecycle.md` 2.1). */
export interface WireCreateSandboxRequest {
  readonly image?: WireImageSpec;
  readonly snapshotId?: string;
  readonly entrypoint?: readonly string[];
  /** Seconds; omitted or `null` means manual cleanup. */
  readonly timeout?: number | null;
  readonly resourceLimits?: Readonly<Record<string, string>>;
  readonly resourceRequests?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly networkPolicy?: WireNetworkPolicy;
  readonly credentialProxy?: { readonly enabled: boolean };
  readonly secureAccess?: boolean;
  readonly platform?: WirePlatform;
  readonly volumes?: readonly WireVolume[];
  readonly extensions?: Readonly<Record<string, string>>;
}

export interface WireSandboxStatus {
  /** Open set: see {@link SandboxState}. */
  readonly state: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionAt?: string;
}

/** Body of `GET /v1/sandboxes/{id}`; create answers the same without `image` (`lifecycle.md` 2.2, 3). */
export interface WireSandbox {
  readonly id: string;
  readonly image?: { readonly uri: string };
  readonly snapshotId?: string;
  readonly platform?: WirePlatform;
  readonly status: WireSandboxStatus;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly expiresAt?: string | null;
  readonly createdAt: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

export interface WirePagination {
  readonly page: number;
  readonly pageSize: number;
  readonly totalItems: number;
  readonly totalPages: number;
  readonly hasNextPage: boolean;
}

/** Body of `GET /v1/sandboxes` (`lifecycle.md` 3). */
export interface WireSandboxList {
  readonly items: readonly WireSandbox[];
  readonly pagination: WirePagination;
}

/** Body of `GET /v1/snapshots/{id}`, and of the answer to its creation (`lifecycle.md` 7). */
export interface WireSnapshot {
  readonly id: string;
  readonly sandboxId: string;
  readonly name?: string | null;
  /** `Creating`, `Ready`, `Failed`, `Deleting`: an open set. */
  readonly status: WireSandboxStatus;
  readonly createdAt: string;
}

/** Body of `GET /v1/snapshots` (`lifecycle.md` 7). */
export interface WireSnapshotList {
  readonly items: readonly WireSnapshot[];
  readonly pagination: WirePagination;
}

/** Body of `GET …/diagnostics/logs|events` with a `scope`, where a server has it (`lifecycle.md` 8). */
export interface WireDiagnosticContent {
  readonly sandboxId: string;
  readonly kind: string;
  readonly scope: string;
  readonly delivery: string;
  readonly contentType: string;
  readonly truncated: boolean;
  readonly content?: string | null;
  readonly contentUrl?: string | null;
  readonly expiresAt?: string | null;
  readonly contentLength?: number | null;
  readonly warnings?: readonly string[] | null;
}

/** Body of `GET …/endpoints/{port}`; the address has no scheme (`lifecycle.md` 5). */
export interface WireEndpoint {
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WireRenewRequest {
  readonly expiresAt: string;
}

export interface WireRenewResponse {
  readonly expiresAt: string;
}

/** Application error body of the lifecycle API and of execd (`lifecycle.md` 1.1, `execd.md` 1). */
export interface WireErrorBody {
  readonly code?: string;
  readonly message?: string;
}

/** One entry of a 422 body's `detail` (`lifecycle.md` 1.1). `input` may echo secrets of the request. */
export interface WireValidationDetail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input?: unknown;
  readonly ctx?: unknown;
}
