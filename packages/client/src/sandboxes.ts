import type { Observable } from "rxjs";
import type { Diagnostics, Lifecycle, ListFilter, ListOptions, SandboxInfo, SandboxPage } from "@rxsandbox/lifecycle";
import type { Endpoint } from "@rxsandbox/transport";

/** Sandboxes by id, without a handle. Every call is cold; a wrong argument throws at the call. */
export interface Sandboxes {
  getInfo(id: string): Observable<SandboxInfo>;
  /** Emits one page, newest sandbox first. */
  list(options?: ListOptions): Observable<SandboxPage>;
  /**
   * Emits every sandbox, one page request after the other; completes after the last. Pages are no snapshot
   * (`lifecycle.md` 3).
   *
   * @example
   * const running = client.sandboxes.listAll({ states: ["Running"] });
   * const ids = await lastValueFrom(running.pipe(map(({ id }) => id), toArray()));
   * Array.isArray(ids); // => true
   */
  listAll(filter?: ListFilter): Observable<SandboxInfo>;
  /**
   * Emits the info of a sandbox now and after each change, and after its end once more with the state `Terminated`;
   * then completes.
   *
   * Producer: all watches of one client share one poll, with one request per watched sandbox or one per page of the
   * list, whichever is less. It looks every second while something changes, else every 5 s. Errors: `not-found` when it
   * never was; what the next look would meet again, such as `unauthorized`; `closed`. Failures that pass are survived.
   * Unsubscribe stops watching.
   *
   * @example
   * const states = client.sandboxes.watch(sandbox.id).pipe(map(({ status }) => status.state), take(1));
   * await lastValueFrom(states); // => "Running"
   */
  watch(id: string): Observable<SandboxInfo>;
  /**
   * Emits the sandboxes of a list now and after each change; one that did not change is the same object. Shares the
   * poll of {@link watch}. Never completes. Errors and unsubscribe as of {@link watch}. `changes()` turns the lists
   * into what is added, changed and removed.
   */
  watchAll(filter?: ListFilter): Observable<readonly SandboxInfo[]>;
  /**
   * Counts down to the expiry in whole seconds by the server's clock and completes after 0; `null` for one that never
   * expires. Sends nothing.
   */
  expiry(info: Pick<SandboxInfo, "expiresAt">): Observable<number | null>;
  /**
   * Sets the expiry to the server's clock plus `timeoutSeconds`, the rest of the sandbox's life, which may be shorter
   * than before; emits the new instant.
   */
  renew(id: string, timeoutSeconds: number): Observable<Date>;
  /** Emits when the server accepted it, which on some runtimes is before the sandbox is paused. */
  pause(id: string): Observable<void>;
  /** Emits when the server accepted it; `Client.resume` waits until the sandbox is ready. */
  resume(id: string): Observable<void>;
  /** Kills; an unknown sandbox fails with `not-found`, unlike `Sandbox.kill`. Unsubscribing does not cancel it. */
  kill(id: string): Observable<void>;
  /** Emits the sandbox with the labels merged; `null` deletes one. */
  patchMetadata(id: string, patch: Readonly<Record<string, string | null>>): Observable<SandboxInfo>;
  /** Emits the address of a port with the headers that the server asks for there; never with the tenant key. */
  getEndpoint(id: string, port: number): Observable<Endpoint>;
  /** Emits the address alone. */
  getEndpointUrl(id: string, port: number): Observable<string>;
  /** Emits a route that carries its own permission until `expires`, in whole Unix seconds (`lifecycle.md` 5.1). */
  getSignedEndpoint(id: string, port: number, expires: number): Observable<Endpoint>;
  /** Diagnostics of one sandbox. */
  diagnostics(id: string): Diagnostics;
}

/** Picks the calls by id. */
export function createSandboxes({
  getInfo,
  list,
  listAll,
  watch,
  watchAll,
  expiry,
  renew,
  pause,
  resume,
  kill,
  patchMetadata,
  getEndpoint,
  getEndpointUrl,
  getSignedEndpoint,
  diagnostics,
}: Lifecycle): Sandboxes {
  return {
    getInfo,
    list,
    listAll,
    watch,
    watchAll,
    expiry,
    renew,
    pause,
    resume,
    kill,
    patchMetadata,
    getEndpoint,
    getEndpointUrl,
    getSignedEndpoint,
    diagnostics,
  };
}
