import type { Observable, ObservableInput } from "rxjs";
import type { Client, CreateOptions, Sandbox, SandboxError } from "@rxsandbox/client";
import type { PoolCounts, PoolStore } from "./store/pool-store.js";

/** What a pool needs of a client. */
export type PoolClient = Pick<Client, "create" | "attach">;

/** How a pool makes and keeps its sandboxes. All processes that share a pool should use the same options. */
export interface PoolOptions {
  /** Names the pool in its store: letters, digits and `._:-`, at most 100. */
  readonly name: string;
  /** How many idle sandboxes the pool keeps ready, from 0. The last start or resize of any process counts. */
  readonly target: number;
  /** How each sandbox is made. `timeoutSeconds` (600) is the life of one from its hand-out on; it may not be null. */
  readonly create: CreateOptions;
  /** Seconds after which an idle sandbox is killed and replaced; 600. */
  readonly maxIdleSeconds?: number;
  /**
   * Makes a new sandbox ready for use, for example by installing packages; its values do not matter. A failure kills
   * the sandbox.
   */
  readonly prepare?: (sandbox: Sandbox) => ObservableInput<unknown>;
  /** Seconds for `prepare`; 300. */
  readonly prepareTimeoutSeconds?: number;
  /**
   * Decides before each hand-out whether the sandbox is alive: an error or `false` discards it. `sandbox.ping()` when
   * absent.
   */
  readonly check?: (sandbox: Sandbox) => ObservableInput<unknown>;
  /**
   * What `acquire` does when no sandbox is idle: `wait` (the default) for one, `create` one for itself alone, or `fail`
   * with `unavailable`. With `create` the pool also works while its store does not.
   */
  readonly onEmpty?: "fail" | "create" | "wait";
  /** Seconds after which `acquire` errors with `timeout`; 60. */
  readonly acquireTimeoutSeconds?: number;
  /** How many sandboxes this process creates at once; 4. */
  readonly maxConcurrentCreates?: number;
  /** Where the pool keeps its state; the memory of this process when absent. */
  readonly store?: PoolStore;
}

/** How a sandbox goes back. */
export interface ReleaseOptions {
  /** True makes it idle again, as it is: you clean it up before. False, the default, kills it. */
  readonly reuse?: boolean;
}

/** How a pool ends. */
export interface ClosePoolOptions {
  /**
   * Whether idle sandboxes are killed. By default they are, unless the store is shared: then other processes may use
   * them.
   */
  readonly killIdle?: boolean;
}

/**
 * Warm sandboxes. Every call is cold; a wrong argument throws at the call; after `close` all of them error `closed`.
 *
 * Bounds: a sandbox whose process or pool dies ends at its expiry: after `create.timeoutSeconds`, or `maxIdleSeconds`
 * and a minute while idle.
 */
export interface Pool {
  /**
   * Begins to fill the pool, and emits once when `target` sandboxes are idle. `acquire` begins too.
   *
   * Errors: `closed`. Unsubscribe stops the wait, not the pool. Starting again only waits.
   */
  start(): Observable<void>;
  /**
   * Emits one sandbox that is this subscriber's alone, alive and renewed for `create.timeoutSeconds`; completes.
   *
   * Order: first come first served, also among processes that share the pool. Errors: `timeout` after
   * `acquireTimeoutSeconds`, `unavailable` with `onEmpty: "fail"`, `closed`, and what a create or a renewal fails with.
   * Unsubscribe before the value leaves the queue, and gives back what was about to come. After it the sandbox is
   * yours: release it.
   */
  acquire(): Observable<Sandbox>;
  /**
   * Ends the use of a sandbox: kills it, or makes it idle again with `reuse`. A second release of the same object does
   * nothing.
   *
   * Throws `invalid-argument` for an object that `acquire` did not emit.
   * Errors: what the kill fails with; the sandbox then ends at its expiry. Unsubscribing does not take it back.
   * With `reuse` it is killed anyway when the pool has `target` idle ones, or has lost track of it.
   */
  release(sandbox: Sandbox, options?: ReleaseOptions): Observable<void>;
  /**
   * Sets the target, for all processes that share the pool; emits when the store has it. Idle sandboxes beyond it are
   * killed.
   */
  resize(target: number): Observable<void>;
  /** What happens in this process, from the subscription on. Never errors; completes when the pool is closed. */
  readonly events: Observable<PoolEvent>;
  /**
   * Refuses new work, ends waits and creates, leaves the store, waits at most 15 s for kills. Sandboxes that are in use
   * stay with their users. Idempotent.
   */
  close(options?: ClosePoolOptions): Promise<void>;
}

/** What a pool tells about its work. */
export type PoolEvent =
  /** The counts of the whole pool have changed, as far as this process knows. */
  | ({ readonly type: "counts" } & PoolCounts)
  /** `target` sandboxes are idle, for the first time since the start. */
  | { readonly type: "warm" }
  | { readonly type: "created"; readonly sandboxId: string; readonly durationMs: number }
  | { readonly type: "create-failed"; readonly error: unknown }
  /** The sandbox is killed; `error` is what `prepare` failed with. */
  | { readonly type: "prepare-failed"; readonly sandboxId: string; readonly error: unknown }
  | {
      readonly type: "acquired";
      readonly sandboxId: string;
      readonly waitedMs: number;
      /** `created`: for this call alone. */
      readonly from: "idle" | "created";
    }
  | { readonly type: "released"; readonly sandboxId: string; readonly outcome: "reused" | "killed" | "forgotten" }
  /** A sandbox that should have been idle proved dead at its hand-out. */
  | { readonly type: "stale"; readonly sandboxId: string; readonly error: unknown }
  /** An idle sandbox was too old, or one too many. */
  | { readonly type: "evicted"; readonly sandboxId: string }
  /** Creates or the store fail: the pool tries again after `retryMs`. */
  | { readonly type: "degraded"; readonly what: "create" | "store"; readonly error: unknown; readonly retryMs: number }
  | { readonly type: "recovered"; readonly what: "create" | "store" }
  /** The sandbox ends at its expiry. */
  | { readonly type: "kill-failed"; readonly sandboxId: string; readonly error: SandboxError };
