import type { Observable } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import type { Api, Flow } from "@rxsandbox/transport";
import { completeInBackground, ignoreNotFound, type SandboxConnection } from "@rxsandbox/transport/calls";
import { iterateEvents } from "../stream/iterate-events.js";
import { runStream } from "../stream/run-stream.js";
import { stallTimeoutMs } from "../stream/stall-timeout.js";
import { ownConnection } from "./own-connection.js";
import { sessionRunRequest, type SessionIterateOptions, type SessionRunOptions } from "./session-options.js";

/** A shell session: exported variables and the working directory live on between runs (`execd.md` 4). */
export interface Session {
  readonly id: string;
  /**
   * Runs a command in the session. Standard error comes merged into standard output; blank lines are dropped by the
   * server.
   *
   * Producer: each subscription runs it once more. Runs at the same time are not refused; the last to finish wins.
   * Errors as `commands.run`; a timeout fails with `execution-timed-out`; `unsupported` where a lost run could not be
   * ruled out. Unsubscribe closes the stream, which ends the run and leaves the session. Closing it in the middle of
   * its output through a proxy can kill foreground commands of the sandbox on a real daemon (`divergences.md` X66).
   */
  run(command: string, options?: SessionRunOptions): Observable<ExecutionEvent>;
  /**
   * The pull form of {@link Session.run}: each iteration runs the command once more; leaving the loop ends the run and
   * leaves the session. Bounds: `highWaterMark` events and one chunk; beyond that the socket is paused.
   */
  iterate(command: string, options?: SessionIterateOptions): AsyncIterable<ExecutionEvent>;
  /** Ends the session and what runs in it. Errors `not-found` when it is gone. Never aborted once sent. */
  delete(): Observable<void>;
}

/** Deletes a session; one that is gone is success, for clean-ups. */
export function ensureDeleted(api: Api, id: string): Observable<void> {
  return deleteSession(api, id).pipe(ignoreNotFound());
}

function deleteSession(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Delete session", method: "DELETE", path: `/session/${encodeURIComponent(id)}` });
}

/** Builds the handle of a session; sends nothing. */
export function createSessionHandle(connection: SandboxConnection, id: string): Session {
  function stream(
    command: string,
    options: SessionRunOptions,
    onFlow?: (flow: Flow) => void,
  ): Observable<ExecutionEvent> {
    const json = sessionRunRequest(command, options);
    const stallMs = stallTimeoutMs(options);
    const path = `/session/${encodeURIComponent(id)}/run`;
    const closeConnection = ownConnection("Run in session", connection);
    return runStream(connection, {
      call: { what: "Run in session", method: "POST", path, json, closeConnection },
      unit: "line",
      source: command,
      timeoutMs: json.timeout,
      stallTimeoutMs: stallMs,
      // A disconnect cancels a session run; an interrupt would destroy the session (`execd.md` 3.2, 4).
      interrupt: undefined,
      subject: "session",
      onFlow,
    });
  }

  return {
    id,
    run: (command, options = {}) => stream(command, options),
    iterate: (command, { highWaterMark, ...options } = {}) => {
      // A wrong argument is thrown at the call, not at the first pull.
      sessionRunRequest(command, options);
      return iterateEvents((onFlow) => stream(command, options, onFlow), highWaterMark);
    },
    delete: () => completeInBackground(connection, { kind: "session", id }, (api) => deleteSession(api, id)),
  };
}
