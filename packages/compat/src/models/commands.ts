import type { CommandExecution, ExecutionHandlers, ServerStreamEvent } from "./execution.js";

export interface RunCommandOpts {
  workingDirectory?: string;
  /** True resolves once the command has started; it then runs on, and its exit code comes from `getCommandStatus`. */
  background?: boolean;
  /** Seconds after which the server kills it; none when absent or 0. */
  timeoutSeconds?: number;
  /**
   * Seconds without a byte after which a stream that may have died rejects; see `stallTimeoutSeconds` of the client.
   * `null` turns it off.
   */
  stallTimeoutSeconds?: number | null;
  uid?: number;
  /** Needs `uid`. */
  gid?: number;
  /** For this command only. */
  envs?: Record<string, string>;
}

export interface CommandStatus {
  id?: string;
  /** The command as it was sent. */
  content?: string;
  running?: boolean;
  exitCode?: number | null;
  error?: string;
  startedAt?: Date;
  finishedAt?: Date | null;
}

export interface CommandLogs {
  content: string;
  /** Where to read on. A character that the answer cut comes whole with the next one. */
  cursor?: number;
}

/**
 * Commands of one sandbox. An aborted `signal` ends the command in the sandbox and rejects with the signal's reason, at
 * any time.
 */
export interface ExecdCommands {
  /** The events of one command. Leaving the loop ends the command. A stream that stops without its end rejects. */
  runStream(command: string, opts?: RunCommandOpts, signal?: AbortSignal): AsyncIterable<ServerStreamEvent>;
  /**
   * Resolves at the end of the command; a non-zero exit code is no rejection. A handler that throws rejects and ends
   * the command.
   */
  run(
    command: string,
    opts?: RunCommandOpts,
    handlers?: ExecutionHandlers,
    signal?: AbortSignal,
  ): Promise<CommandExecution>;
  /** Ends a command by its id; takes up to 3 s. */
  interrupt(sessionId: string): Promise<void>;
  getCommandStatus(commandId: string): Promise<CommandStatus>;
  /** Both streams of a background command, from the cursor on. */
  getBackgroundCommandLogs(commandId: string, cursor?: number): Promise<CommandLogs>;
  /** Resolves with the id of a new bash session. */
  createSession(options?: { workingDirectory?: string }): Promise<string>;
  /** Runs in a session; an abort ends the run and leaves the session. */
  runInSession(
    sessionId: string,
    command: string,
    options?: { workingDirectory?: string; timeoutSeconds?: number; stallTimeoutSeconds?: number | null },
    handlers?: ExecutionHandlers,
    signal?: AbortSignal,
  ): Promise<CommandExecution>;
  deleteSession(sessionId: string): Promise<void>;
}
