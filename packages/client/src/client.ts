import type { Observable, ObservableInput } from "rxjs";
import type { SandboxInfo, Snapshots } from "@rxsandbox/lifecycle";
import type { Endpoint, SandboxError } from "@rxsandbox/transport";
import type { AsyncDisposal } from "./async-disposal.js";
import type { Sandbox } from "./sandbox.js";
import type { ConnectOptions, CreateOptions } from "./sandbox-options.js";
import type { Sandboxes } from "./sandboxes.js";

/** How far a sandbox to be is; `ready` hands it over. */
export type Provisioning =
  | { readonly phase: "creating" }
  | { readonly phase: "pending"; readonly info: SandboxInfo }
  | { readonly phase: "probing"; readonly info: SandboxInfo; readonly attempt: number; readonly cause?: SandboxError }
  | { readonly phase: "ready"; readonly sandbox: Sandbox };

/**
 * One server, one connection pool. Every call is cold; a wrong argument throws at the call; after `close` all of them
 * fail with `closed`. `await using` closes it.
 */
export interface Client extends AsyncDisposal {
  /**
   * Creates a sandbox and emits it once, ready.
   *
   * Producer: each subscription creates one. Errors: an API error, `ready-timeout`, `sandbox-failed`; a sandbox that
   * was created is killed first (waited for at most 5 s). Unsubscribe before the value kills what was created, whenever
   * that turns out; after it the sandbox stays alive.
   *
   * @example
   * const made = await firstValueFrom(client.create({ image: "python:3.11", timeoutSeconds: 120 }));
   * const { status } = await firstValueFrom(made.getInfo());
   * status.state; // => "Running"
   * await firstValueFrom(made.kill());
   */
  create(options: CreateOptions): Observable<Sandbox>;
  /**
   * The same with its progress as values; unsubscribing before `ready` kills.
   *
   * @example
   * const progress = client.provision({ image: "python:3.11" });
   * const phases = await lastValueFrom(progress.pipe(map(({ phase }) => phase), take(1), toArray()));
   * phases; // => ["creating"]
   */
  provision(options: CreateOptions): Observable<Provisioning>;
  /**
   * Emits what `project` emits, with a sandbox that lives as long as that.
   *
   * When the inner stream ends, the kill is awaited (at most 5 s) before the end is passed on; a failed kill after
   * success errors `cleanup-failed`, after an error the inner error wins. Unsubscribe kills in the background.
   */
  withSandbox<T>(options: CreateOptions, project: (sandbox: Sandbox) => ObservableInput<T>): Observable<T>;
  /** Emits a sandbox that exists, once it is ready; a paused one fails with `invalid-state`. */
  connect(sandboxId: string, options?: ConnectOptions): Observable<Sandbox>;
  /**
   * Returns the handle of a sandbox by its id; sends nothing and does not ask whether it exists.
   *
   * With `endpoint`, calls to the sandbox go to the address that it returns for a port (44772 the daemon, 18080 the
   * egress sidecar), and the server is asked for none. The address is then the caller's to keep up to date.
   */
  attach(sandboxId: string, options?: { readonly endpoint?: (port: number) => Endpoint }): Sandbox;
  /** Resumes a paused sandbox and emits it once it is ready. */
  resume(sandboxId: string, options?: ConnectOptions): Observable<Sandbox>;
  readonly sandboxes: Sandboxes;
  readonly snapshots: Snapshots;
  /** Refuses new work, ends what runs, waits at most 15 s for clean-ups, frees the pool. Idempotent. */
  close(): Promise<void>;
}
