import type { ExecdConfig } from "../shared/execd-config.js";
import type { SandboxLimits } from "./limits/sandbox-limits.js";

/** A directory of the host that a sandbox sees at `mountPath`. */
export interface SandboxVolume {
  readonly name: string;
  /** Existing directory of the host, symbolic links resolved. */
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

/** What a driver needs to start one sandbox. */
export interface SandboxSpec {
  readonly id: string;
  /**
   * The sandbox's own directory (0700); empty, or with the contents of a snapshot. The driver creates what else it
   * needs below it.
   */
  readonly directory: string;
  /** Existing directory with a path short enough for a Unix socket. */
  readonly socketDirectory: string;
  /** The main process. */
  readonly entrypoint: readonly string[];
  /** Variables of the create request; they win over the allow-listed ones. */
  readonly env: Readonly<Record<string, string>>;
  readonly volumes: readonly SandboxVolume[];
  /** What it may use; a driver enforces what the machine lets it. */
  readonly limits: SandboxLimits;
  /** The part of the worker's configuration that does not depend on the driver. */
  readonly worker: Pick<ExecdConfig, "tailMs" | "pollMs" | "pingMs" | "framing" | "resultTextKey" | "faults">;
}

/** Why a sandbox cannot go on although nobody ended it: what its status shows. */
export interface SandboxFailure {
  /** The reason of the status, in capitals as the recorded ones. */
  readonly reason: "EXECD_EXITED" | "EVICTED";
  /** One sentence for its owner. */
  readonly message: string;
}

/** One running sandbox. */
export interface SandboxHandle {
  /** Unix socket of the execd worker, as the server reaches it. */
  readonly socketPath: string;
  /** Fulfils with the exit code of the main process; 137 when it was killed with the sandbox. Never rejects. */
  readonly exited: Promise<number>;
  /**
   * Fulfils when the sandbox cannot go on, as when its execd worker ended, also while it is paused or killed. Never
   * rejects.
   */
  readonly failed: Promise<SandboxFailure>;
  /** Stops every process of the sandbox; open requests stay unanswered. */
  pause(): Promise<void>;
  /** Lets every process of the sandbox go on. */
  resume(): Promise<void>;
  /** Ends every process of the sandbox; fulfils when none is left. Idempotent. */
  kill(): Promise<void>;
}

/** How sandboxes are made of processes. */
export interface SandboxDriver {
  readonly name: "namespace" | "process";
  /** Whether each sandbox has a network of its own, or uses the machine's. */
  readonly network: "own" | "shared";
  /** What holds between a sandbox and the rest of the machine, one sentence each. */
  readonly isolates: readonly string[];
  /** What does not, one sentence each. */
  readonly doesNotIsolate: readonly string[];
  /** Directories below a sandbox's own that hold its files: what a snapshot keeps. */
  readonly contents: readonly string[];
  /** What is left out of each of them, by relative path. */
  readonly skipped: readonly string[];
  /** Starts a sandbox; fulfils when its execd worker listens. Leaves nothing when it rejects. */
  start(spec: SandboxSpec): Promise<SandboxHandle>;
  /** Ends what the driver keeps for itself; the sandboxes are killed before. */
  close(): Promise<void>;
}
