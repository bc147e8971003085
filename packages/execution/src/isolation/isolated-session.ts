import type { Observable } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { readPathId, type Api } from "@rxsandbox/transport";
import { completeInBackground, ignoreNotFound, type SandboxConnection } from "@rxsandbox/transport/calls";
import { ownConnection } from "../sessions/own-connection.js";
import { runStream } from "../stream/run-stream.js";
import { stallTimeoutMs } from "../stream/stall-timeout.js";
import { createIsolatedConnection, sessionPath } from "./isolated-api.js";
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
   * Producer: each subscription runs it once more. Errors `unsupported` where the sandbox has no isolated sessions,
   * `not-found`. Unsubscribe closes the stream and leaves the session. Whether that ends the run is not specified;
   * `delete` does for certain, and `timeoutSeconds` bounds it.
   */
  run(code: string, options?: IsolatedRunOptions): Observable<ExecutionEvent>;
  /** Emits its state. Errors `not-found`, `unsupported`. */
  get(): Observable<IsolatedSessionInfo>;
  /** Ends the session and what runs in it. Errors `not-found` when it is gone. Never aborted once sent. */
  delete(): Observable<void>;
}

/**
 * Builds the handle of an isolated session; sends nothing. `connection` is execd's own, `filesOf` makes the API of
 * files.
 */
export function createIsolatedSessionHandle<F>(
  connection: SandboxConnection,
  sessionId: string,
  filesOf: (connection: SandboxConnection) => F,
): IsolatedSession<F> {
  const id = readPathId("sessionId", sessionId);
  const path = sessionPath(id);
  const isolated = createIsolatedConnection(connection);
  return {
    id,
    files: filesOf(createIsolatedConnection(connection, path)),
    run: (code, options = {}) => {
      const json = isolatedRunRequest(code, options);
      const closeConnection = ownConnection("Run in isolated session", connection);
      return runStream(isolated, {
        call: { what: "Run in isolated session", method: "POST", path: `${path}/run`, json, closeConnection },
        unit: "line",
        source: json.code,
        timeoutMs: json.timeout_seconds === undefined ? undefined : 1000 * json.timeout_seconds,
        // An interrupt by id destroys a session (`execd.md` 3.2), so nothing is sent that may do more than asked.
        interrupt: undefined,
        stallTimeoutMs: stallTimeoutMs(options),
        subject: "session",
      });
    },
    get: () =>
      isolated.api.json({ what: "Get isolated session", method: "GET", path }, (value) =>
        readIsolatedSession(value, id),
      ),
    delete: () => completeInBackground(isolated, { kind: "session", id }, (api) => deleteIsolated(api, id)),
  };
}

/** Deletes a session; one that is gone is success, for clean-ups. */
export function ensureIsolatedDeleted(api: Api, id: string): Observable<void> {
  return deleteIsolated(api, id).pipe(ignoreNotFound());
}

function deleteIsolated(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Delete isolated session", method: "DELETE", path: sessionPath(id) });
}
