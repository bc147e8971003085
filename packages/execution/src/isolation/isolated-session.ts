import { catchError, defer, of, throwError, type Observable } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { carryThrough, isSandboxError, readPathId, type Api } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { newRequestId } from "../request-id.js";
import { ownConnection } from "../sessions/own-connection.js";
import { runStream } from "../stream/run-stream.js";
import { isolatedApi, sessionPath } from "./isolated-api.js";
import { readIsolatedSession, type IsolatedSessionInfo } from "./isolation-info.js";
import { isolatedRunRequest, type IsolatedRunOptions } from "./isolation-options.js";

/** A session that is isolated from the rest of its sandbox (`execd.md` 10). `F` is the API of its files. */
export interface IsolatedSession<F> {
  readonly id: string;
  /** The files as the session sees them. */
  readonly files: F;
  /**
   * Runs shell code in the session. Output, ends and errors as `session.run`.
   *
   * Producer: each subscription runs it once more. Errors `unsupported` where the sandbox has no isolated sessions, `not-found`.
   * Unsubscribe closes the stream and leaves the session. Whether that ends the run is not specified; `delete` does for certain, and
   * `timeoutSeconds` bounds it.
   */
  run(code: string, options?: IsolatedRunOptions): Observable<ExecutionEvent>;
  /** Emits its state. Errors `not-found`, `unsupported`. */
  get(): Observable<IsolatedSessionInfo>;
  /** Ends the session and what runs in it. Errors `not-found` when it is gone. Never aborted once sent. */
  delete(): Observable<void>;
}

/** Builds the handle of an isolated session; sends nothing. */
export function isolatedSessionHandle<F>(
  context: ExecutionOptions,
  sessionId: string,
  filesOf: (api: Api) => F,
): IsolatedSession<F> {
  const id = readPathId("sessionId", sessionId);
  const { scope } = context;
  const api = isolatedApi(context.api);
  return {
    id,
    files: filesOf(isolatedApi(context.api, sessionPath(id))),
    run: (code, options = {}) => {
      const json = isolatedRunRequest(code, options);
      const timeoutMs = json.timeout_seconds === undefined ? undefined : 1000 * json.timeout_seconds;
      const closeConnection = ownConnection("Run in isolated session", context);
      const work = defer(() => {
        const requestId = newRequestId();
        const call = {
          what: "Run in isolated session",
          method: "POST" as const,
          path: `${sessionPath(id)}/run`,
          json,
          headers: { "x-request-id": requestId },
          closeConnection,
        };
        // An interrupt by id destroys a session (`execd.md` 3.2), so nothing is sent that may do more than asked.
        return runStream(
          { ...context, api },
          { call, unit: "line", source: json.code, timeoutMs, requestId, interrupt: undefined, subject: "session" },
        );
      });
      return scope.guard(work);
    },
    get: () =>
      scope.guard(
        defer(() =>
          api.json({ what: "Get isolated session", method: "GET", path: sessionPath(id) }, (value) =>
            readIsolatedSession(value, id),
          ),
        ),
      ),
    delete: () => scope.guard(carryThrough(deleteIsolated(api, id), scope, { kind: "session", id })),
  };
}

/** Deletes a session; 404 with a code is success, for clean-ups. */
export function ensureIsolatedDeleted(api: Api, id: string): Observable<void> {
  return deleteIsolated(api, id).pipe(
    catchError((error: unknown) => (isSandboxError(error, "not-found") ? of(undefined) : throwError(() => error))),
  );
}

function deleteIsolated(api: Api, id: string): Observable<void> {
  return defer(() => api.empty({ what: "Delete isolated session", method: "DELETE", path: sessionPath(id) }));
}
