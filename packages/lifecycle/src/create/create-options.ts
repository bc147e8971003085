import type { ReadyOptions } from "../readiness/ready-options.js";
import type { Volume } from "./volumes.js";

/** An image and, for a private registry, who may pull it. */
export interface ImageSpec {
  readonly uri: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

/** One egress rule of a sandbox to be; first match wins (`egress.md` 2.2). */
export interface NetworkRule {
  readonly action: "allow" | "deny";
  readonly target: string;
}

/** Outgoing traffic of a sandbox. Its mere presence starts the egress sidecar (`lifecycle.md` 2.1). */
export interface NetworkPolicy {
  /**
   * For what no rule names; `deny` when absent, and always sent, since servers disagree with their specification on
   * `{}`.
   */
  readonly defaultAction?: "allow" | "deny";
  readonly egress?: readonly NetworkRule[];
}

/** Where a sandbox may run. */
export interface Platform {
  readonly os: "linux" | "windows";
  readonly arch: "amd64" | "arm64";
}

/**
 * What to create (`lifecycle.md` 2.1) and how long to wait for it.
 *
 * Exactly one of `image` and `snapshotId`; neither is needed with a pool (`extensions.poolRef`). Validated and copied
 * at the call: an unknown name, a wrong type or a value that would hurt the server throws `InvalidArgumentError` there.
 */
export interface CreateOptions<Subject = unknown> extends ReadyOptions<Subject> {
  readonly image?: string | ImageSpec;
  readonly snapshotId?: string;
  /**
   * Life of the sandbox, not of a command: seconds until the server ends it (`timeout`, `lifecycle.md` 2). At least 60,
   * fractions dropped; 600 when absent; `null` means that it never expires.
   */
  readonly timeoutSeconds?: number | null;
  /** Main process; `["tail", "-f", "/dev/null"]` when absent, nothing with `snapshotId`. */
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Label syntax; keys that begin with `opensandbox.io/` belong to the server. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Limits; `{ cpu: "1", memory: "2Gi" }` when absent, not merged with it. */
  readonly resource?: Readonly<Record<string, string>>;
  readonly resourceRequests?: Readonly<Record<string, string>>;
  readonly networkPolicy?: NetworkPolicy;
  readonly volumes?: readonly Volume[];
  readonly extensions?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** False when absent. */
  readonly secureAccess?: boolean;
  /** Off when absent; needs `networkPolicy`. */
  readonly credentialProxy?: { readonly enabled: boolean };
  /** True emits as soon as the server answered, without any probe. */
  readonly skipHealthCheck?: boolean;
}
