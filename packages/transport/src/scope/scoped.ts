import {
  EMPTY,
  catchError,
  concat,
  defer,
  finalize,
  from,
  map,
  mergeMap,
  race,
  switchMap,
  tap,
  throwError,
  timer,
  type Observable,
  type ObservableInput,
} from "rxjs";
import { SandboxError } from "../errors/sandbox-error.js";
import type { CleanupSubject, Scope } from "../ports/scope.js";

/** Milliseconds that an end waits for its release before it is passed on; the release goes on after that. */
const RELEASE_WAIT_MS = 5000;

/** What to hold while an inner stream runs. */
export interface Holding<R> {
  readonly scope: Scope;
  /** Emits the resource once; from then on it is released here. */
  readonly acquire: Observable<R>;
  readonly subject: (resource: R) => CleanupSubject;
  readonly release: (resource: R) => Observable<unknown>;
}

/**
 * Acquires a resource, emits what `project` emits, and releases the resource when that ends.
 *
 * The release is awaited for at most 5 s before the end is passed on. When it fails after a success, the stream errors
 * `cleanup-failed`; after an error that error wins. On unsubscribe it runs in the background.
 */
export function scoped<R, T>(
  { scope, acquire, subject, release }: Holding<R>,
  project: (resource: R) => ObservableInput<T>,
): Observable<T> {
  const held = acquire.pipe(
    mergeMap((resource) => {
      let isHeld = true;
      let failure: unknown;
      const releaseNow = (): Observable<boolean> => {
        isHeld = false;
        const work = release(resource).pipe(tap({ error: (error: unknown) => (failure = error) }));
        return race(from(scope.cleanup(subject(resource), work)), timer(RELEASE_WAIT_MS).pipe(map(() => true)));
      };
      const ended = defer(releaseNow).pipe(
        mergeMap((isReleased) => (isReleased ? EMPTY : throwError(() => notReleased(subject(resource), failure)))),
      );
      const inner = defer(() => project(resource)).pipe(
        catchError((error: unknown) => releaseNow().pipe(switchMap(() => throwError(() => error)))),
      );
      return concat(inner, ended).pipe(finalize(() => void (isHeld && releaseNow())));
    }),
  );
  return scope.guard(held);
}

function notReleased({ kind, id }: CleanupSubject, cause: unknown): SandboxError {
  return new SandboxError("cleanup-failed", `The ${kind} ${id} may have been left behind`, { cause });
}
