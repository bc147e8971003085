import { Observable, concatMap, defer, from, ignoreElements, map, concat, take, type Subscription } from "rxjs";
import { SandboxError, type Sandbox } from "@rxsandbox/client";
import { startLongTimer } from "@rxsandbox/transport";
import type { PoolConnection } from "./pool-connection.js";

/** A sandbox was created, but could not be prepared. Stays inside the pool: what its user sees is the cause. */
export class PrepareFailure {
  readonly sandboxId: string;
  readonly cause: unknown;
  constructor(sandboxId: string, cause: unknown) {
    this.sandboxId = sandboxId;
    this.cause = cause;
  }
}

/**
 * Creates a sandbox, prepares it, sets its life, and emits it.
 *
 * Errors: what the create fails with, or a {@link PrepareFailure}; the sandbox is killed then.
 * Unsubscribe before the value kills what was created.
 */
export function makeSandbox(context: PoolConnection, lifeSeconds: number): Observable<Sandbox> {
  return context.client.create(context.options.create).pipe(
    take(1),
    concatMap((sandbox) => prepared(context, sandbox, lifeSeconds)),
  );
}

function prepared(context: PoolConnection, sandbox: Sandbox, lifeSeconds: number): Observable<Sandbox> {
  const { prepare, prepareTimeoutSeconds } = context.options;
  const work = concat(
    prepare === undefined
      ? []
      : within(
          prepareTimeoutSeconds,
          "prepare",
          defer(() => from(prepare(sandbox))),
        ).pipe(ignoreElements()),
    sandbox.renew(lifeSeconds).pipe(map(() => sandbox)),
  );
  return new Observable((subscriber) => {
    let isHandedOver = false;
    let inner: Subscription | undefined;
    subscriber.add(() => {
      inner?.unsubscribe();
      if (!isHandedOver) void context.kills.kill(sandbox.id);
    });
    inner = work.subscribe({
      next: (made) => {
        isHandedOver = true;
        subscriber.next(made);
      },
      error: (cause: unknown) => subscriber.error(new PrepareFailure(sandbox.id, cause)),
      complete: () => subscriber.complete(),
    });
  });
}

/** The same, but errors `timeout` when it has not completed in time. */
export function within<T>(seconds: number, what: string, work: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    subscriber.add(
      startLongTimer(seconds * 1000, () =>
        subscriber.error(new SandboxError("timeout", { what, detail: `not finished within ${seconds} s` })),
      ),
    );
    subscriber.add(work.subscribe(subscriber));
  });
}
