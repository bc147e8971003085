import { concatMap, defer, race, throwError, type Observable, type ObservableInput } from "rxjs";
import { SandboxError, after, scoped, type Api } from "@rxsandbox/transport";
import { createRemote, ignoreNotFound, type SandboxConnection } from "@rxsandbox/transport/calls";
import { readCodeContext, type CodeContext } from "./code-context.js";
import { contextRequest, type CodeContextOptions } from "./code-options.js";

const CALL = { what: "Create code context", method: "POST", path: "/code/context" } as const;
/** How long an answer that nobody waits for any more is still listened for, so that its context can be deleted. */
const LATE_MS = 10_000;

/**
 * Emits a new context, which lives until it is deleted. One that comes after an unsubscribe, or after the time to wait
 * for it, is deleted.
 */
export function createContext(connection: SandboxConnection, options: CodeContextOptions): Observable<CodeContext> {
  const { json, waitMs } = contextRequest(options);
  return defer(() => {
    let requestId: string | undefined;
    const created = createRemote(connection, {
      call: {
        ...CALL,
        json,
        timeoutMs: waitMs + LATE_MS,
        beforeAttempt: (sent) => {
          requestId = sent;
          return true;
        },
      },
      parse: readCodeContext,
      subject: (id) => ({ kind: "context", id: `with request id ${id}` }),
      remove: ({ id }) => ensureContextDeleted(connection.cleanupApi, id),
    });
    const tooLate = after(waitMs).pipe(concatMap(() => throwError(() => noAnswer(json.language, requestId))));
    return race(created, tooLate);
  });
}

/** Emits what `project` emits, with a context that lives as long as that. */
export function withContext<T>(
  connection: SandboxConnection,
  options: CodeContextOptions,
  project: (context: CodeContext) => ObservableInput<T>,
): Observable<T> {
  const { scope, cleanupApi } = connection;
  return scoped(
    {
      scope,
      acquire: createContext(connection, options),
      subject: ({ id }) => ({ kind: "context", id }),
      release: ({ id }) => ensureContextDeleted(cleanupApi, id),
    },
    project,
  );
}

/** Deletes a context; fails with `not-found` when it is gone. */
export function deleteContext(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Delete code context", method: "DELETE", path: `/code/contexts/${encodeURIComponent(id)}` });
}

function ensureContextDeleted(api: Api, id: string): Observable<void> {
  return deleteContext(api, id).pipe(ignoreNotFound());
}

function noAnswer(language: string, requestId: string | undefined): SandboxError {
  const advice = `the sandbox may have no kernel for ${JSON.stringify(language)}`;
  return new SandboxError("timeout", { ...CALL, detail: "no answer in time", advice }, { requestId });
}
