import type { IncomingMessage, ServerResponse } from "node:http";

import type { EgressProfile, RawPolicy } from "./policy-document.js";

/** What a sidecar is started with. */
export interface EgressSidecarOptions {
  /** Without one everything is open (`egress.md` 1, Auth header). */
  readonly token?: string;
  /** The policy document of the sandbox; `{}` is deny-all (`egress.md` 2.4). */
  readonly policy: RawPolicy;
  readonly profile: EgressProfile;
  /** 4096 unless given; 0 means no limit. */
  readonly maxRules?: number;
  /**
   * Absolute path of a file that keeps the policy: what it holds wins at the start, every change is written to it first
   * (`egress.md` 2.4, 3.5).
   */
  readonly policyFile?: string;
  /**
   * How requests of the sandbox are intercepted, which a credential vault needs; absent where they are not (`egress.md`
   * 4.1).
   */
  readonly interception?: EgressInterception;
}

/** The interception of a sidecar, as far as its API depends on it. */
export interface EgressInterception {
  /** Whether it is up by now; it is unless given. */
  readonly isReady?: () => boolean;
  /** Whether upstream certificates are not verified; a vault then takes no secret. */
  readonly isUpstreamInsecure?: boolean;
  /** Hosts that are passed through unseen. */
  readonly ignoredHosts?: readonly string[];
  /** Milliseconds for which it may use a vault that has changed since (`egress.md` 4.8); 0 unless given. */
  readonly vaultCacheMs?: number;
}

/**
 * The egress sidecar of one sandbox: keeps and answers for its policy and its credential vault, but filters no traffic.
 */
export interface EgressSidecar {
  /** Answers one request; `path` is the path below the sidecar's base, with its query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}
