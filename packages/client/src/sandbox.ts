import type { Observable, ObservableInput } from "rxjs";
import type { CredentialVault, EgressPolicy, EgressRule, WatchEgressPolicyOptions } from "@rxsandbox/egress";
import type {
  Code,
  Commands,
  Isolation,
  Metrics,
  Session,
  SessionOptions,
  Terminals,
  WatchMetricsOptions,
} from "@rxsandbox/execution";
import type { Files } from "@rxsandbox/files";
import type { Diagnostics, SandboxInfo, SnapshotInfo, SnapshotOptions } from "@rxsandbox/lifecycle";
import type { Endpoint } from "@rxsandbox/transport";
import type { LeaseOptions, LeaseState } from "./lease.js";
import type { ConnectOptions, ReadyOptions } from "./sandbox-options.js";

/**
 * One sandbox. Holding it costs nothing, and nothing happens to the sandbox when it is dropped.
 *
 * Every call is cold: nothing is sent before subscribe, each subscription does the work once more, a wrong argument
 * throws at the call.
 */
export interface Sandbox {
  readonly id: string;
  readonly commands: Commands;
  /** Code in kernels that keep their state between runs, where the sandbox has some. */
  readonly code: Code;
  /** Sessions that are isolated from the rest of the sandbox; `unsupported` where the server has none. */
  readonly isolation: Isolation<Files>;
  readonly files: Files;
  readonly terminals: Terminals;
  /** Emits a shell session, which stays until it is deleted or the sandbox ends. */
  createSession(options?: SessionOptions): Observable<Session>;
  /** The handle of a session that exists, by its id; sends nothing. */
  attachSession(sessionId: string): Session;
  /** @deprecated Use `attachSession`. */
  session(sessionId: string): Session;
  /** Emits what `project` emits, with a session that is deleted at its end. */
  withSession<T>(options: SessionOptions, project: (session: Session) => ObservableInput<T>): Observable<T>;
  /** Emits the load of the sandbox's machine, measured for about a second (`execd.md` 7). */
  getMetrics(): Observable<Metrics>;
  /** Emits it again and again until the unsubscribe; see {@link WatchMetricsOptions}. Never completes. */
  watchMetrics(options?: WatchMetricsOptions): Observable<Metrics>;
  /** Emits the egress policy; only a sandbox created with a `networkPolicy` has one. */
  getEgressPolicy(): Observable<EgressPolicy>;
  /**
   * Puts rules in front of those that are there (`egress.md` 3.3). Unsubscribe aborts the request, which may have taken
   * effect.
   */
  patchEgressRules(rules: readonly EgressRule[]): Observable<void>;
  /**
   * Removes every rule with one of the targets (`egress.md` 3.4). Unsubscribe aborts the request, which may have taken
   * effect.
   */
  deleteEgressRules(targets: readonly string[]): Observable<void>;
  /**
   * Emits the egress policy now and whenever it has changed: asks every `intervalSeconds` (5). Never completes; errors
   * when it cannot be read.
   */
  watchEgressPolicy(options?: WatchEgressPolicyOptions): Observable<EgressPolicy>;
  /**
   * Credentials that are put into the sandbox's requests; only a sandbox created with
   * `credentialProxy: { enabled: true }` takes any.
   */
  readonly credentialVault: CredentialVault;
  getInfo(): Observable<SandboxInfo>;
  /** Emits the sandbox with the labels merged; `null` deletes one. */
  patchMetadata(patch: Readonly<Record<string, string | null>>): Observable<SandboxInfo>;
  /**
   * Sets the expiry to the server's clock plus `timeoutSeconds`, the rest of the sandbox's life, which may be shorter
   * than before; emits the new instant.
   */
  renew(timeoutSeconds: number): Observable<Date>;
  /**
   * Keeps the sandbox alive while subscribed and emits `held`, `late` and `lost`; completes after `lost`, never errors.
   * The first renewal may shorten the life, as `renew` does. Unsubscribe stops the renewals.
   *
   * Bounds: renews about every third of `ttlSeconds`; `lost` comes `marginSeconds` before the sandbox's end.
   *
   * @example
   * const state = await firstValueFrom(sandbox.lease({ ttlSeconds: 600 }));
   * state.state; // => "held"
   */
  lease(options: LeaseOptions): Observable<LeaseState>;
  /** Emits when the server accepted it, which on some runtimes is before the sandbox is paused. */
  pause(): Observable<void>;
  /** Resumes and emits a handle when the sandbox is ready again. */
  resume(options?: ConnectOptions): Observable<Sandbox>;
  /** Kills; a sandbox that is gone already is success. Unsubscribing does not cancel it. */
  kill(): Observable<void>;
  /**
   * Asks the daemon once; errors when it does not answer within 2 s. The first call at a direct address looks for the
   * daemon's root before, which takes at most 4 s more.
   */
  ping(): Observable<void>;
  /** The same as a value: false on any error. */
  isHealthy(): Observable<boolean>;
  /** Probes until the sandbox answers. Errors as `Client.create` does. */
  waitUntilReady(options?: ReadyOptions): Observable<void>;
  /** Emits the address of a port with the headers that the server asks for there; never with the tenant key. */
  getEndpoint(port: number): Observable<Endpoint>;
  /** Emits the address alone. */
  getEndpointUrl(port: number): Observable<string>;
  /**
   * Emits a route that carries its own permission until `expires`, in whole Unix seconds; `unsupported` where the
   * runtime has no gateway (`lifecycle.md` 5.1).
   */
  getSignedEndpoint(port: number, expires: number): Observable<Endpoint>;
  /** Asks for a snapshot and emits it as accepted; see {@link Snapshots.create}. */
  createSnapshot(options?: SnapshotOptions): Observable<SnapshotInfo>;
  /**
   * Takes a snapshot and emits it in each of its states until `Ready`; unsubscribing before that discards it. See
   * {@link Snapshots.take}.
   *
   * @example
   * const { id } = await lastValueFrom(sandbox.snapshot({ name: "before-import" }));
   * const again = await firstValueFrom(client.create({ snapshotId: id }));
   * (await firstValueFrom(again.getInfo())).snapshotId === id; // => true
   * await firstValueFrom(again.kill());
   * await firstValueFrom(client.snapshots.delete(id));
   */
  snapshot(options?: SnapshotOptions): Observable<SnapshotInfo>;
  readonly diagnostics: Diagnostics;
}
