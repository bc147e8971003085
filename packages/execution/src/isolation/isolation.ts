import {
  EMPTY,
  catchError,
  concatMap,
  defer,
  finalize,
  map,
  throwError,
  type Observable,
  type ObservableInput,
} from "rxjs";
import { carryThrough, scoped, type Api } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { mayHaveBegun } from "../may-have-begun.js";
import { newRequestId } from "../request-id.js";
import { isolatedApi } from "./isolated-api.js";
import { ensureIsolatedDeleted, isolatedSessionHandle, type IsolatedSession } from "./isolated-session.js";
import {
  readIsolatedSession,
  readIsolatedSessions,
  readIsolationCapabilities,
  type IsolatedSessionInfo,
  type IsolationCapabilities,
} from "./isolation-info.js";
import { isolatedSessionRequest, type IsolatedSessionOptions } from "./isolation-options.js";

/** Sessions that are isolated from the rest of their sandbox, where the server has them (`execd.md` 10). `F` is the API of files. */
export interface Isolation<F> {
  /**
   * Emits a new session, which lives until it is deleted or idle for too long.
   *
   * Errors `unsupported` where the sandbox has none. Unsubscribe before the value deletes what was created.
   */
  create(options: IsolatedSessionOptions): Observable<IsolatedSession<F>>;
  /**
   * Emits what `project` emits, with a session that lives as long as that: deleted when the inner stream ends (waited for at most 5 s
   * before the end is passed on) and, in the background, on unsubscribe.
   */
  withSession<T>(
    options: IsolatedSessionOptions,
    project: (session: IsolatedSession<F>) => ObservableInput<T>,
  ): Observable<T>;
  /** The handle of a session that exists, by its id; sends nothing. */
  attach(sessionId: string): IsolatedSession<F>;
  /** Emits what the sandbox can do. Errors `unsupported` where it knows nothing of isolation at all. */
  capabilities(): Observable<IsolationCapabilities>;
  /** Emits all sessions of the sandbox. Errors `unsupported`. */
  list(): Observable<readonly IsolatedSessionInfo[]>;
}

/** Builds the isolation API of one sandbox; sends nothing. `filesOf` makes the files API of a session from execd's below that session. */
export function createIsolation<F>(context: ExecutionOptions, filesOf: (api: Api) => F): Isolation<F> {
  const { scope } = context;
  const api = isolatedApi(context.api);
  const handle = (id: string): IsolatedSession<F> => isolatedSessionHandle(context, id, filesOf);

  function create(options: IsolatedSessionOptions): Observable<IsolatedSession<F>> {
    const json = isolatedSessionRequest(options);
    const work = defer(() => {
      const requestId = newRequestId();
      let isWanted = true;
      const call = {
        what: "Create isolated session",
        method: "POST" as const,
        path: "/session",
        json,
        headers: { "x-request-id": requestId },
        beforeAttempt: () => isWanted,
      };
      const undo = (late: Observable<IsolatedSessionInfo>): Observable<unknown> =>
        late.pipe(
          catchError((error: unknown) => (mayHaveBegun(error) ? throwError(() => error) : EMPTY)),
          concatMap(({ id }) => ensureIsolatedDeleted(api, id)),
        );
      const made = api.json(call, (value) => readIsolatedSession(value));
      return carryThrough(made, scope, { kind: "session", id: `with request id ${requestId}` }, undo).pipe(
        // A call that waits to be repeated is not repeated for nobody.
        finalize(() => {
          isWanted = false;
        }),
      );
    });
    // Before the address is known nothing has left, and an unsubscribe drops the call.
    return scope.guard(
      defer(() => api.target()).pipe(
        concatMap(() => work),
        map(({ id }) => handle(id)),
      ),
    );
  }

  return {
    create,
    withSession: (options, project) =>
      scoped(
        {
          scope,
          acquire: create(options),
          subject: ({ id }) => ({ kind: "session", id }),
          release: ({ id }) => ensureIsolatedDeleted(api, id),
        },
        project,
      ),
    attach: handle,
    capabilities: () =>
      scope.guard(
        defer(() =>
          api.json(
            { what: "Get isolation capabilities", method: "GET", path: "/capabilities" },
            readIsolationCapabilities,
          ),
        ),
      ),
    list: () =>
      scope.guard(
        defer(() =>
          api.json({ what: "List isolated sessions", method: "GET", path: "/sessions" }, readIsolatedSessions),
        ),
      ),
  };
}
