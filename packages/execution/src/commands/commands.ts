import { defer, type Observable } from "rxjs";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { readPathId, type Flow } from "@rxsandbox/transport";
import { completeInBackground, type SandboxConnection } from "@rxsandbox/transport/calls";
import { followCommand, resumeCommand } from "../follow/follow.js";
import type { FollowEvent } from "../follow/follow-event.js";
import {
  readFollowOptions,
  readResumeOptions,
  type FollowEncoding,
  type FollowOptions,
  type HandleFollowOptions,
  type ResumeOptions,
} from "../follow/follow-options.js";
import { readFollowToken, readOffset, type FollowToken } from "../follow/follow-token.js";
import { iterateEvents } from "../stream/iterate-events.js";
import { runStream } from "../stream/run-stream.js";
import { stallTimeoutMs } from "../stream/stall-timeout.js";
import { createCommandHandle, type CommandHandle } from "./command-handle.js";
import { getCommandLogs, logCursor, type CommandLogs, type LogCursor } from "./command-logs.js";
import { getCommandStatus, type CommandStatus } from "./command-status.js";
import { ensureInterrupted, interruptCommand } from "./interrupt-command.js";
import { commandRequest, isDetached, type RunOptions, type StartOptions } from "./run-options.js";
import { spareNeighbours } from "./spare-neighbours.js";
import { startCommand } from "./start-command.js";

/** Options of {@link Commands.iterate}. */
export interface IterateOptions extends RunOptions {
  /**
   * Events that wait at most before the socket is paused; 1024 when absent. One chunk more may have been decoded by
   * then.
   */
  readonly highWaterMark?: number;
}

/** Commands of one sandbox. */
export interface Commands {
  /**
   * Streams the output of one command until the server reports its end.
   *
   * Producer: each subscription starts its own command. Emits every event in the order of the stream, pings included;
   * text events are lines without terminator. Completes with the terminal event (`error` or `execution_complete`); a
   * non-zero exit is data. Errors: `network`, `stream-truncated` and `stream-stalled` for a lost stream, whose outcome
   * is unknown, `not-found` (a `SandboxGoneError`) when the sandbox is gone, `execution-failed`, `execution-timed-out`,
   * `protocol`, `event-too-large`, API errors; `commandId` is on all that come after `init`. Unsubscribe stops delivery
   * and interrupts the command, unless `detached`; before its id is known the stream is read on for it in the
   * background (10 s, 64 KiB). A failed interrupt is reported as `cleanup-failed`. The stream is then read to its end
   * in the background, because a real daemon that writes to a closed connection kills other commands of the sandbox.
   * Bounds of reading on: 6 s and 64 MiB, 128 runs at a time, 2 in browsers. A stream that still flows then is closed
   * after a background command `:`, which protects the commands that run by then. The stream of a `detached` command is
   * closed at once.
   */
  run(command: string, options?: RunOptions): Observable<ExecutionEvent>;
  /**
   * The pull form of {@link Commands.run}: each iteration starts its own command; leaving the loop ends it as an
   * unsubscribe does. Bounds: `highWaterMark` events and one chunk; beyond that the socket is paused.
   */
  iterate(command: string, options?: IterateOptions): AsyncIterable<ExecutionEvent>;
  /**
   * Starts a background command and emits its handle once the server has started it.
   *
   * Unsubscribe before the handle ends the command.
   */
  start(command: string, options?: StartOptions): Observable<CommandHandle>;
  /**
   * Starts a command in the background and emits its output and its end, across lost connections.
   *
   * Producer: each subscription starts its own command. All who follow one command in one client share its requests.
   * Emits `started` first, `output` as the log grows, `reconnecting` after an error that may pass, and `end` last. The
   * outputs joined are the log of the command, with stdout and stderr merged: exactly, as text with every character
   * whole or as bytes. Every event but `reconnecting` has the token to go on behind it, also in another program: see
   * {@link Commands.resume}. Completes with `end`; a non-zero exit is data. Errors: `outcome-unknown` when the answer
   * of the start was lost before the id, `execution-failed`, `not-found` when the sandbox is gone (a
   * `SandboxGoneError`) or its daemon has forgotten the command, the last error after `giveUpAfterSeconds` of nothing
   * else, API errors. Unsubscribe interrupts the command, unless `detached`. An error leaves it alone: its last token
   * goes on. Bounds: nothing is kept but a character that is not whole. Requests: at most two a second when it is
   * quiet, one every 2 s on average at the daemon's own proxy (`measured.md` 2.2).
   */
  follow(
    command: string,
    options: FollowOptions<"bytes"> & { readonly encoding: "bytes" },
  ): Observable<FollowEvent<"bytes">>;
  follow(command: string, options?: FollowOptions): Observable<FollowEvent>;
  /**
   * Goes on following a command from a token of {@link Commands.follow}: emits the rest of its output and its end.
   * Starts nothing, and never ends the command. A malformed token, or one of another sandbox, throws at the call.
   */
  resume(
    token: FollowToken,
    options: ResumeOptions<"bytes"> & { readonly encoding: "bytes" },
  ): Observable<FollowEvent<"bytes">>;
  resume(token: FollowToken, options?: ResumeOptions): Observable<FollowEvent>;
  /** The handle of a command by its id; sends nothing. */
  handle(commandId: string): CommandHandle;
  /** Emits the state of a command, also of a foreground one. Errors `not-found`. */
  getStatus(commandId: string): Observable<CommandStatus>;
  /** Emits the combined output of a background command from the cursor on, and the cursor to read on from. */
  getLogs(commandId: string, cursor?: LogCursor): Observable<CommandLogs>;
  /**
   * Ends a command: SIGTERM, after 3 s SIGKILL; takes as long. Never aborted once sent. Do not use it with a session's
   * id: that destroys the session.
   */
  interrupt(commandId: string): Observable<void>;
}

/** Builds the commands of one sandbox; sends nothing. */
export function createCommands(connection: SandboxConnection): Commands {
  const { api, cleanupApi } = connection;
  const foreground = { ...connection, cleanupApi: connection.foregroundApi ?? cleanupApi };

  function stream(
    command: string,
    options: RunOptions,
    onFlow?: (flow: Flow) => void,
  ): () => Observable<ExecutionEvent> {
    const json = commandRequest(command, options, false);
    const detached = isDetached(options);
    const stallMs = stallTimeoutMs(options);
    return () =>
      runStream(foreground, {
        call: { what: "Run command", method: "POST", path: "/command", json },
        unit: "line",
        source: command,
        timeoutMs: json.timeout,
        stallTimeoutMs: stallMs,
        interrupt: detached ? undefined : (id) => ensureInterrupted(cleanupApi, id),
        beforeAbort: spareNeighbours(connection),
        onFlow,
      });
  }

  const logs = (id: string, cursor?: LogCursor): Observable<CommandLogs> =>
    getCommandLogs(api, readPathId("commandId", id), cursor === undefined ? undefined : logCursor(cursor));
  const status = (id: string): Observable<CommandStatus> => getCommandStatus(api, readPathId("commandId", id));
  const interrupt = (commandId: string): Observable<void> => {
    const id = readPathId("commandId", commandId);
    return completeInBackground(connection, { kind: "command", id }, (open) => interruptCommand(open, id));
  };

  const follow = (
    id: string,
    options: HandleFollowOptions<FollowEncoding>,
  ): Observable<FollowEvent<FollowEncoding>> => {
    const { since, ...rest } = options;
    const from = { commandId: id, offset: since === undefined ? 0 : readOffset("since", since) };
    return resumeCommand(connection, from, readResumeOptions(rest));
  };
  const calls = { api, logs, interrupt, follow };

  return {
    run: (command, options = {}) => defer(stream(command, options)),
    iterate: (command, { highWaterMark, ...options } = {}) => {
      const copy = { ...options, ...(options.envs !== undefined && { envs: { ...options.envs } }) };
      // A wrong argument is thrown at the call, not at the first pull.
      stream(command, copy);
      return iterateEvents((onFlow) => stream(command, copy, onFlow)(), highWaterMark);
    },
    start: (command, options = {}) =>
      startCommand(connection, commandRequest(command, options, true), (id) =>
        createCommandHandle(id, calls, Date.now()),
      ),
    follow: (command: string, options: FollowOptions<FollowEncoding> = {}) => {
      const { start, ...rest } = readFollowOptions(options);
      const json = commandRequest(command, start, true);
      return followCommand(connection, { ...rest, json }) as Observable<FollowEvent<never>>;
    },
    resume: (token: FollowToken, options: ResumeOptions<FollowEncoding> = {}) => {
      const from = readFollowToken(token, connection.sandboxId ?? "");
      return resumeCommand(connection, from, readResumeOptions(options)) as Observable<FollowEvent<never>>;
    },
    handle: (commandId) => createCommandHandle(readPathId("commandId", commandId), calls),
    getStatus: status,
    getLogs: logs,
    interrupt,
  };
}
