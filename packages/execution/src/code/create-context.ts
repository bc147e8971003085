import {
  EMPTY,
  catchError,
  concatMap,
  defer,
  finalize,
  of,
  race,
  throwError,
  type Observable,
  type ObservableInput,
} from "rxjs";
import { SandboxError, after, carryThrough, isSandboxError, scoped, type Api } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { mayHaveBegun } from "../may-have-begun.js";
import { newRequestId } from "../request-id.js";
import { readCodeContext, type CodeContext } from "./code-context.js";
import { contextRequest, type CodeContextOptions } from "./code-options.js";

/** How long an answer that nobody waits for any more is still listened for, so that its context can be deleted. */
const LATE_MS = 10_000;

/**
 * Emits a new context, which lives until it is deleted. One that comes after an unsubscribe, or after the time to wait for it, is deleted.
 */
export function createContext(context: ExecutionOptions, options: CodeContextOptions): Observable<CodeContext> {
  const { json, waitMs } = contextRequest(options);
  const { api, scope } = context;
  const work = defer(() => {
    const requestId = newRequestId();
    let isWanted = true;
    const call = {
      what: "Create code context",
      method: "POST" as const,
      path: "/code/context",
      json,
      headers: { "x-request-id": requestId },
      timeoutMs: waitMs + LATE_MS,
      beforeAttempt: () => isWanted,
    };
    const undo = (late: Observable<CodeContext>): Observable<unknown> =>
      late.pipe(
        catchError((error: unknown) => (mayHaveBegun(error) ? throwError(() => error) : EMPTY)),
        concatMap(({ id }) => ensureContextDeleted(api, id)),
      );
    const created = carryThrough(
      api.json(call, readCodeContext),
      scope,
      { kind: "context", id: `with request id ${requestId}` },
      undo,
    );
    const failed = after(waitMs).pipe(concatMap(() => throwError(() => tooLate(json.language, requestId))));
    return race(created, failed).pipe(
      // A call that waits to be repeated is not repeated for nobody.
      finalize(() => {
        isWanted = false;
      }),
    );
  });
  // Before the address is known nothing has left, and an unsubscribe drops the call.
  return scope.guard(defer(() => api.target()).pipe(concatMap(() => work)));
}

/** Emits what `project` emits, with a context that lives as long as that. */
export function withContext<T>(
  context: ExecutionOptions,
  options: CodeContextOptions,
  project: (context: CodeContext) => ObservableInput<T>,
): Observable<T> {
  const { api, scope } = context;
  return scoped(
    {
      scope,
      acquire: createContext(context, options),
      subject: ({ id }) => ({ kind: "context", id }),
      release: ({ id }) => ensureContextDeleted(api, id),
    },
    project,
  );
}

/** Deletes a context; fails with `not-found` when it is gone. */
export function deleteContext(api: Api, id: string): Observable<void> {
  return defer(() =>
    api.empty({ what: "Delete code context", method: "DELETE", path: `/code/contexts/${encodeURIComponent(id)}` }),
  );
}

function ensureContextDeleted(api: Api, id: string): Observable<void> {
  return deleteContext(api, id).pipe(
    catchError((error: unknown) =>
      isSandboxError(error) && error.status === 404 ? of(undefined) : throwError(() => error),
    ),
  );
}

function tooLate(language: string, requestId: string): SandboxError {
  const advice = `the sandbox may have no kernel for ${JSON.stringify(language)}`;
  return new SandboxError(
    "timeout",
    { what: "Create code context", method: "POST", path: "/code/context", detail: "no answer in time", advice },
    { requestId },
  );
}
