import {
  Observable,
  catchError,
  defaultIfEmpty,
  defer,
  forkJoin,
  from,
  lastValueFrom,
  map,
  of,
  takeLast,
  Subscription,
} from "rxjs";
import { SandboxError, isSandboxError, type Sandbox } from "@rxsandbox/client";
import { startLongTimer } from "@rxsandbox/transport";
import type { Grant, Hold } from "../store/pool-store.js";
import type { AcquireQueue } from "./acquire-queue.js";
import { PrepareFailure, makeSandbox } from "./make-sandbox.js";
import { idleLifeSeconds, type PoolConnection } from "./pool-connection.js";
import type { PoolKeeper } from "./pool-keeper.js";

/** A sandbox that is handed out; one that was created for its acquire alone has no hold in the store. */
export interface Acquired {
  readonly sandbox: Sandbox;
  readonly hold: Hold | undefined;
}

/** How a sandbox looked before its hand-out. */
type Verdict = { readonly isAlive: true } | { readonly isAlive: false; readonly error: unknown };

/** Emits one sandbox that is alive and renewed; see `Pool.acquire`. */
export function acquireSandbox(context: PoolConnection, queue: AcquireQueue, keeper: PoolKeeper): Observable<Acquired> {
  const { options } = context;
  return new Observable<Acquired>((subscriber) => {
    const startedMs = performance.now();
    let lastError: unknown;
    /** What an unsubscribe undoes. */
    let undo: () => void = () => undefined;
    const cancelTimer = startLongTimer(options.acquireTimeoutSeconds * 1000, () =>
      subscriber.error(timeoutError(context, lastError)),
    );
    subscriber.add(() => {
      cancelTimer();
      undo();
    });

    const deliver = (acquired: Acquired, from: "idle" | "created"): void => {
      undo = () => undefined;
      const waitedMs = performance.now() - startedMs;
      context.emit({ type: "acquired", sandboxId: acquired.sandbox.id, waitedMs, from });
      subscriber.next(acquired);
      subscriber.complete();
    };

    const onGrant = (grant: Grant): void => {
      keeper.kick();
      const sandbox = context.client.attach(grant.sandboxId);
      const looking = new Subscription();
      undo = () => {
        looking.unsubscribe();
        putBack(context, keeper, sandbox, grant);
      };
      looking.add(
        look(context, sandbox).subscribe({
          next: (verdict) => {
            if (verdict.isAlive) return deliver({ sandbox, hold: grant }, "idle");
            context.emit({ type: "stale", sandboxId: sandbox.id, error: verdict.error });
            keeper.discard(grant);
            void context.kills.kill(sandbox.id);
            ask(grant.place);
          },
          // The server could not be asked: the sandbox may well be alive.
          error: (error: unknown) => subscriber.error(error),
        }),
      );
    };

    const create = (): void => {
      const making = new Subscription();
      undo = () => making.unsubscribe();
      making.add(
        makeSandbox(context, options.create.timeoutSeconds).subscribe({
          next: (sandbox) => deliver({ sandbox, hold: undefined }, "created"),
          error: (thrown: unknown) => subscriber.error(thrown instanceof PrepareFailure ? thrown.cause : thrown),
        }),
      );
    };

    const ask = (place: number | undefined): void => {
      undo = () => undefined;
      const isWaiting = options.onEmpty === "wait";
      undo = queue.add({
        id: context.nextId(),
        isWaiting,
        place,
        onGrant,
        onEmpty: () => (options.onEmpty === "create" ? create() : subscriber.error(emptyError(context))),
        onError: (error) => {
          lastError = error;
          if (options.onEmpty === "create") create();
          else if (!isWaiting) subscriber.error(error);
        },
      });
    };

    ask(undefined);
  });
}

/** Renews the sandbox and checks it. Errors when the server cannot be asked. */
function look({ options }: PoolConnection, sandbox: Sandbox): Observable<Verdict> {
  const dead = (error: unknown) => of<Verdict>({ isAlive: false, error });
  const renewed = sandbox.renew(options.create.timeoutSeconds).pipe(
    map((): Verdict => ({ isAlive: true })),
    catchError((error: unknown) => {
      if (isSandboxError(error, "not-found")) return dead(error);
      throw error;
    }),
  );
  const { check = (checked: Sandbox) => checked.ping() } = options;
  const checked = defer(() => from(check(sandbox))).pipe(
    takeLast(1),
    defaultIfEmpty(undefined),
    map((value): Verdict => (value === false ? { isAlive: false, error: refusedError(sandbox) } : { isAlive: true })),
    catchError(dead),
  );
  return forkJoin([renewed, checked]).pipe(map((verdicts) => verdicts.find(({ isAlive }) => !isAlive) ?? verdicts[0]));
}

/** Makes a sandbox idle again that nobody has used. */
function putBack(context: PoolConnection, keeper: PoolKeeper, sandbox: Sandbox, grant: Grant): void {
  const done = () => keeper.abandon(grant.requestId);
  if (context.isClosed()) return done();
  // Its renewal may have begun, for a life that is shorter. A failure is found at the next hand-out.
  void lastValueFrom(sandbox.renew(idleLifeSeconds(context.options))).then(done, done);
}

function emptyError({ options }: PoolConnection): SandboxError {
  const what = `Acquire from pool ${options.name}`;
  return new SandboxError("unavailable", { what, detail: "no sandbox is idle" }, { retryable: true });
}

function timeoutError({ options }: PoolConnection, cause: unknown): SandboxError {
  const what = `Acquire from pool ${options.name}`;
  const detail = `no sandbox within ${options.acquireTimeoutSeconds} s`;
  return new SandboxError("timeout", { what, detail }, { cause, retryable: true });
}

function refusedError({ id }: Sandbox): SandboxError {
  return new SandboxError("invalid-state", { what: `Check sandbox ${id}`, detail: "the pool's check returned false" });
}
