import { defer, type Observable } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { carryThrough, readPathId, type Flow } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";
import { newRequestId } from "../request-id.js";
import { iterateEvents } from "../stream/iterate-events.js";
import { runStream } from "../stream/run-stream.js";
import { stallTimeoutMs } from "../stream/stall-timeout.js";
import { commandHandle, type CommandHandle } from "./command-handle.js";
import { getCommandLogs, logCursor, type CommandLogs, type LogCursor } from "./command-logs.js";
import { getCommandStatus, type CommandStatus } from "./command-status.js";
import { ensureInterrupted, interruptCommand } from "./interrupt-command.js";
import { commandRequest, isDetached, type RunOptions, type StartOptions } from "./run-options.js";
import { spareNeighbours } from "./spare-neighbours.js";
import { startCommand } from "./start-command.js";

/** Options of {@link Commands.iterate}. */
export interface IterateOptions extends RunOptions {
  /** Events that wait at most before the socket is paused; 1024 when absent. One chunk more may have been decoded by then. */
  readonly highWaterMark?: number;
}

/** Commands of one sandbox. */
export interface Commands {
  /**
   * Streams the output of one command until the server reports its end.
   *
   * Producer: each subscription starts its own command.
   * Emits every event in the order of the stream, pings included; text events are lines without terminator.
   * Completes with the terminal event (`error` or `execution_complete`); a non-zero exit is data.
   * Errors: `network`, `stream-truncated` and `stream-stalled` for a lost stream, whose outcome is unknown, `not-found` (a `SandboxGoneError`) when the sandbox is
   * gone, `execution-failed`, `execution-timed-out`, `protocol`, `event-too-large`, API errors; `commandId` is on all that come after `init`.
   * Unsubscribe stops delivery and interrupts the command, unless `detached`; before its id is known the stream is read on for it in the
   * background (10 s, 64 KiB). A failed interrupt is reported as `cleanup-failed`. The stream is then read to its end in the background,
   * because a real daemon that writes to a closed connection kills other commands of the sandbox.
   * Bounds of reading on: 6 s and 64 MiB, 128 runs at a time, 2 in browsers. A stream that still flows then is closed after a
   * background command `:`, which protects the commands that run by then. The stream of a `detached` command is closed at once.
   */
  run(command: string, options?: RunOptions): Observable<ExecutionEvent>;
  /**
   * The pull form of {@link Commands.run}: each iteration starts its own command; leaving the loop ends it as an unsubscribe does.
   * Bounds: `highWaterMark` events and one chunk; beyond that the socket is paused.
   */
  iterate(command: string, options?: IterateOptions): AsyncIterable<ExecutionEvent>;
  /**
   * Starts a background command and emits its handle once the server has started it.
   *
   * Unsubscribe before the handle ends the command.
   */
  start(command: string, options?: StartOptions): Observable<CommandHandle>;
  /** Emits the state of a command, also of a foreground one. Errors `not-found`. */
  getStatus(commandId: string): Observable<CommandStatus>;
  /** Emits the combined output of a background command from the cursor on, and the cursor to read on from. */
  getLogs(commandId: string, cursor?: LogCursor): Observable<CommandLogs>;
  /** Ends a command: SIGTERM, after 3 s SIGKILL; takes as long. Never aborted once sent. Do not use it with a session's id: that destroys the session. */
  interrupt(commandId: string): Observable<void>;
}

/** Builds the commands of one sandbox; sends nothing. */
export function createCommands(context: ExecutionOptions): Commands {
  const { api, scope } = context;
  const foreground = { ...context, api: context.foregroundApi ?? api };

  function stream(
    command: string,
    options: RunOptions,
    onFlow?: (flow: Flow) => void,
  ): () => Observable<ExecutionEvent> {
    const json = commandRequest(command, options, false);
    const detached = isDetached(options);
    const stallMs = stallTimeoutMs(options);
    return () => {
      const requestId = newRequestId();
      return scope.guard(
        runStream(foreground, {
          call: { what: "Run command", method: "POST", path: "/command", json, headers: { "x-request-id": requestId } },
          unit: "line",
          source: command,
          timeoutMs: json.timeout,
          stallTimeoutMs: stallMs,
          requestId,
          interrupt: detached ? undefined : (id) => ensureInterrupted(api, id),
          beforeAbort: spareNeighbours(context),
          onFlow,
        }),
      );
    };
  }

  const logs = (id: string, cursor?: LogCursor): Observable<CommandLogs> => {
    readPathId("commandId", id);
    return scope.guard(getCommandLogs(api, id, cursor === undefined ? undefined : logCursor(cursor)));
  };
  const status = (id: string): Observable<CommandStatus> => {
    readPathId("commandId", id);
    return scope.guard(getCommandStatus(api, id));
  };
  const interrupt = (id: string): Observable<void> => {
    readPathId("commandId", id);
    return scope.guard(
      carryThrough(
        defer(() => interruptCommand(api, id)),
        scope,
        { kind: "command", id },
      ),
    );
  };

  return {
    run: (command, options = {}) => defer(stream(command, options)),
    iterate: (command, { highWaterMark, ...options } = {}) => {
      const copy = { ...options, ...(options.envs !== undefined && { envs: { ...options.envs } }) };
      // A wrong argument is thrown at the call, not at the first pull.
      stream(command, copy);
      return iterateEvents((onFlow) => stream(command, copy, onFlow)(), highWaterMark);
    },
    start: (command, options = {}) =>
      startCommand(context, commandRequest(command, options, true), (id) =>
        commandHandle(id, { api, scope, logs, interrupt }),
      ),
    getStatus: status,
    getLogs: logs,
    interrupt,
  };
}
