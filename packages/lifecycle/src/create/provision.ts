import {
  catchError,
  concat,
  defer,
  finalize,
  from,
  of,
  race,
  switchMap,
  tap,
  throwError,
  timer,
  type Observable,
} from "rxjs";
import type { WireCreateSandboxRequest } from "@rxsandbox/protocol";
import { ensureKilled } from "../calls/kill.js";
import type { SandboxInfo } from "../info/sandbox-info.js";
import type { ReadyOptions } from "../readiness/ready-options.js";
import { waitUntilReady, type ReadyProgress, type ReadySubject } from "../readiness/wait-until-ready.js";
import { createSandbox, type CreateConnection } from "./create-sandbox.js";

/**
 * Milliseconds that a failed provisioning waits for its kill before it passes the error on; the kill goes on after
 * that.
 */
const KILL_WAIT_MS = 5000;

/**
 * How far a sandbox to be is: `creating` while the request is out, `pending` once the server answered, then one
 * `probing` per probe.
 */
export type ProvisionProgress =
  { readonly phase: "creating" } | { readonly phase: "pending"; readonly info: SandboxInfo } | ReadyProgress;

/** What provisioning needs beyond a create. */
export interface ProvisionConnection extends CreateConnection {
  readySubject(info: SandboxInfo): ReadySubject;
}

/**
 * Creates a sandbox and waits until it is ready.
 *
 * Emits its progress, at last `ready`, with which the sandbox becomes the subscriber's: from then on nothing here kills
 * it. Errors, and an unsubscribe before `ready`, kill it.
 */
export function provision(
  connection: ProvisionConnection,
  request: WireCreateSandboxRequest,
  ready: ReadyOptions<SandboxInfo> | "skip",
): Observable<ProvisionProgress> {
  const { cleanupApi, scope } = connection;
  return defer(() => {
    // The sandbox that exists and that nobody else would kill.
    let ownedId: string | undefined;
    const release = (): Promise<boolean> => {
      if (ownedId === undefined) return Promise.resolve(true);
      const id = ownedId;
      ownedId = undefined;
      return scope.cleanup({ kind: "sandbox", id }, ensureKilled(cleanupApi, id));
    };
    const created = createSandbox(connection, request).pipe(
      tap(({ id }) => (ownedId = id)),
      switchMap((info) =>
        concat(
          of<ProvisionProgress>({ phase: "pending", info }),
          ready === "skip"
            ? of<ProvisionProgress>({ phase: "ready", info })
            : waitUntilReady(connection.readySubject(info), ready),
        ),
      ),
      catchError((error: unknown) =>
        ownedId === undefined
          ? throwError(() => error)
          : race(from(release()), timer(KILL_WAIT_MS)).pipe(switchMap(() => throwError(() => error))),
      ),
    );
    return concat(of<ProvisionProgress>({ phase: "creating" }), created).pipe(
      tap(({ phase }) => {
        // Before the value goes on: `take(1)` behind it must not find an owner here.
        if (phase === "ready") ownedId = undefined;
      }),
      finalize(() => void release()),
    );
  });
}
