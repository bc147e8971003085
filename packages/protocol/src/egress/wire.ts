/** Wire types of the egress sidecar's policy routes (`egress.md` 2 and 3). */

export interface WireEgressRule {
  readonly action: string;
  readonly target: string;
}

export interface WireEgressPolicy {
  readonly defaultAction: string;
  /** `null`, absent and `[]` mean the same. */
  readonly egress?: readonly WireEgressRule[] | null;
}

/** Body of every 2xx answer of `/policy`; only GET carries `policy` (`egress.md` 3). */
export interface WirePolicyResponse {
  readonly status?: string;
  readonly mode?: string;
  readonly enforcementMode?: string;
  readonly reason?: string;
  readonly policy?: WireEgressPolicy;
}
