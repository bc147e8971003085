import type { Observable, ObservableInput } from "rxjs";
import { readPathId } from "@rxsandbox/transport";
import { createCode, type Code } from "./code/code.js";
import { createCommands, type Commands } from "./commands/commands.js";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import type { Metrics } from "./metrics/metrics.js";
import { getMetrics, watchMetrics, type WatchMetricsOptions } from "./metrics/watch-metrics.js";
import { createSession, withSession } from "./sessions/create-session.js";
import { createSessionHandle, type Session } from "./sessions/session.js";
import type { SessionOptions } from "./sessions/session-options.js";
import { createTerminals, type Terminals } from "./terminals/terminals.js";

/** Everything that runs in one sandbox. */
export interface ExecutionApi {
  readonly commands: Commands;
  readonly code: Code;
  /**
   * Emits a new session, which lives until it is deleted.
   *
   * Unsubscribe before the value deletes what was created.
   */
  createSession(options?: SessionOptions): Observable<Session>;
  /**
   * Emits what `project` emits, with a session that lives as long as that: deleted when the inner stream ends (waited
   * for at most 5 s before the end is passed on) and, in the background, on unsubscribe.
   */
  withSession<T>(options: SessionOptions, project: (session: Session) => ObservableInput<T>): Observable<T>;
  /** The handle of a session that exists, by its id; sends nothing. */
  attachSession(sessionId: string): Session;
  /** @deprecated Use `attachSession`. */
  session(sessionId: string): Session;
  readonly terminals: Terminals;
  /** Emits the load of the sandbox's machine, measured for about a second. */
  getMetrics(): Observable<Metrics>;
  /**
   * Emits the load again and again, as long as somebody listens.
   *
   * Producer: each subscription opens a stream, or polls where the server has none. Never completes. Errors:
   * `stream-truncated` when the server ends the stream, `server-error` when it reports that it cannot measure,
   * `network`. Bounds: one line of at most 64 KiB.
   */
  watchMetrics(options?: WatchMetricsOptions): Observable<Metrics>;
}

/** Builds the execution API of one sandbox over its execd; sends nothing. */
export function createExecution(connection: SandboxConnection): ExecutionApi {
  const attachSession = (sessionId: string): Session =>
    createSessionHandle(connection, readPathId("sessionId", sessionId));
  return {
    commands: createCommands(connection),
    code: createCode(connection),
    createSession: (options = {}) => createSession(connection, options),
    withSession: (options, project) => withSession(connection, options, project),
    attachSession,
    session: attachSession,
    terminals: createTerminals(connection),
    getMetrics: () => getMetrics(connection.api),
    watchMetrics: (options = {}) => watchMetrics(connection, options),
  };
}
