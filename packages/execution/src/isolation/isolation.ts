import { map, type Observable, type ObservableInput } from "rxjs";
import { scoped } from "@rxsandbox/transport";
import { createRemote, type SandboxConnection } from "@rxsandbox/transport/calls";
import { createIsolatedConnection } from "./isolated-api.js";
import { ensureIsolatedDeleted, createIsolatedSessionHandle, type IsolatedSession } from "./isolated-session.js";
import {
  readIsolatedSession,
  readIsolatedSessions,
  readIsolationCapabilities,
  type IsolatedSessionInfo,
  type IsolationCapabilities,
} from "./isolation-info.js";
import { isolatedSessionRequest, type IsolatedSessionOptions } from "./isolation-options.js";

/**
 * Sessions that are isolated from the rest of their sandbox, where the server has them (`execd.md` 10). `F` is the API
 * of files.
 */
export interface Isolation<F> {
  /**
   * Emits a new session, which lives until it is deleted or idle for too long.
   *
   * Errors `unsupported` where the sandbox has none. Unsubscribe before the value deletes what was created.
   */
  create(options: IsolatedSessionOptions): Observable<IsolatedSession<F>>;
  /**
   * Emits what `project` emits, with a session that lives as long as that: deleted when the inner stream ends (waited
   * for at most 5 s before the end is passed on) and, in the background, on unsubscribe.
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

/**
 * Builds the isolation API of one sandbox; sends nothing. `filesOf` makes the files API of a session from execd's below
 * that session.
 */
export function createIsolation<F>(
  connection: SandboxConnection,
  filesOf: (connection: SandboxConnection) => F,
): Isolation<F> {
  const isolated = createIsolatedConnection(connection);
  const { api, cleanupApi, scope } = isolated;
  const handle = (id: string): IsolatedSession<F> => createIsolatedSessionHandle(connection, id, filesOf);

  const create = (options: IsolatedSessionOptions): Observable<IsolatedSession<F>> =>
    createRemote(isolated, {
      call: {
        what: "Create isolated session",
        method: "POST",
        path: "/session",
        json: isolatedSessionRequest(options),
      },
      parse: (value) => readIsolatedSession(value),
      subject: (requestId) => ({ kind: "session", id: `with request id ${requestId}` }),
      remove: ({ id }) => ensureIsolatedDeleted(cleanupApi, id),
    }).pipe(map(({ id }) => handle(id)));

  return {
    create,
    withSession: (options, project) =>
      scoped(
        {
          scope,
          acquire: create(options),
          subject: ({ id }) => ({ kind: "session", id }),
          release: ({ id }) => ensureIsolatedDeleted(cleanupApi, id),
        },
        project,
      ),
    attach: handle,
    capabilities: () =>
      api.json({ what: "Get isolation capabilities", method: "GET", path: "/capabilities" }, readIsolationCapabilities),
    list: () => api.json({ what: "List isolated sessions", method: "GET", path: "/sessions" }, readIsolatedSessions),
  };
}
