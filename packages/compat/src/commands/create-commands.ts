import { logCursor, type Sandbox as Handle } from "@rxsandbox/client";
import { call } from "../call.js";
import type { CommandStatus, ExecdCommands, RunCommandOpts } from "../models/commands.js";
import type { ServerStreamEvent } from "../models/execution.js";
import { collectExecution } from "./collect-execution.js";
import { followEvents, startEvents } from "./follow-events.js";
import { checkCommand, checkSessionId, toRunOptions } from "./run-arguments.js";

/** Events that wait at most for a slow handler before the socket is paused. */
export const HIGH_WATER_MARK = 256;

/** Session runs as a stream, which the official interface does not have, but its adapter. */
export interface SessionStreams {
  /** The events of one run. Leaving the loop ends the run and leaves the session. */
  runInSessionStream(
    sessionId: string,
    command: string,
    opts?: SessionRunOpts,
    signal?: AbortSignal,
  ): AsyncIterable<ServerStreamEvent>;
}

interface SessionRunOpts {
  workingDirectory?: string;
  timeoutSeconds?: number;
  stallTimeoutSeconds?: number | null;
}

/** Builds the commands of one sandbox; sends nothing. */
export function createCommands(handle: Handle): ExecdCommands & SessionStreams {
  const stream = (
    command: string,
    opts: RunCommandOpts,
    signal: AbortSignal | undefined,
  ): AsyncIterable<ServerStreamEvent> =>
    followEvents(
      "Run command",
      () => {
        checkCommand(command);
        const options = toRunOptions(opts);
        if (opts.background === true) return startEvents(handle, command, options, signal);
        const { stallTimeoutSeconds } = opts;
        return handle.commands.iterate(command, {
          ...options,
          ...(stallTimeoutSeconds !== undefined && { stallTimeoutSeconds }),
          highWaterMark: HIGH_WATER_MARK,
        });
      },
      signal,
    );
  const sessionStream = (
    sessionId: string,
    command: string,
    { workingDirectory, timeoutSeconds, stallTimeoutSeconds }: SessionRunOpts,
    signal: AbortSignal | undefined,
  ): AsyncIterable<ServerStreamEvent> =>
    followEvents(
      "Run in session",
      () => {
        checkSessionId(sessionId);
        checkCommand(command);
        const options = {
          ...(workingDirectory ? { workingDirectory } : {}),
          ...(timeoutSeconds ? { timeoutSeconds } : {}),
          ...(stallTimeoutSeconds !== undefined && { stallTimeoutSeconds }),
        };
        return handle.attachSession(sessionId).iterate(command, { ...options, highWaterMark: HIGH_WATER_MARK });
      },
      signal,
    );
  return {
    runStream: (command, opts = {}, signal) => stream(command, opts, signal),
    run: (command, opts = {}, handlers, signal) =>
      collectExecution(stream(command, opts, signal), handlers, opts.background),
    interrupt: (id) => call("Interrupt command", () => handle.commands.interrupt(id)),
    getCommandStatus: async (id) => {
      const { content, error, startedAt, ...status } = await call("Get command status", () =>
        handle.commands.getStatus(id),
      );
      const known: CommandStatus = { ...status };
      if (content !== null) known.content = content;
      if (error !== null) known.error = error;
      if (startedAt !== null) known.startedAt = startedAt;
      return known;
    },
    getBackgroundCommandLogs: async (id, cursor) => {
      const logs = await call("Get command logs", () =>
        handle.commands.getLogs(id, cursor === undefined ? undefined : logCursor(String(cursor))),
      );
      const next = Number(logs.cursor);
      return { content: logs.text, ...(Number.isSafeInteger(next) && { cursor: next }) };
    },
    createSession: async ({ workingDirectory } = {}) =>
      (await call("Create session", () => handle.createSession(workingDirectory ? { workingDirectory } : {}))).id,
    runInSessionStream: (sessionId, command, opts = {}, signal) => sessionStream(sessionId, command, opts, signal),
    runInSession: (sessionId, command, opts = {}, handlers, signal) =>
      collectExecution(sessionStream(sessionId, command, opts, signal), handlers),
    deleteSession: (sessionId) =>
      call("Delete session", () => {
        checkSessionId(sessionId);
        return handle.attachSession(sessionId).delete();
      }),
  };
}
