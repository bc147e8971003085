/** One event of a stream as it is on the wire; pings and unknown types included. */
export interface ServerStreamEvent extends Record<string, unknown> {
  type: "init" | "stdout" | "stderr" | "result" | "execution_count" | "execution_complete" | "error" | string;
  timestamp?: number;
  text?: string;
  results?: Record<string, unknown>;
  error?: Record<string, unknown>;
}

/** One piece of output: a line without its terminator. */
export interface OutputMessage {
  text: string;
  /** Unix ms of the sandbox's clock; 0 when the server did not say. */
  timestamp: number;
  /** True for standard error. */
  isError?: boolean;
}

/** One result of code. */
export interface ExecutionResult {
  /** The plain text, whatever name the server gave it. */
  text?: string;
  timestamp: number;
  /** All representations by MIME type. */
  raw?: Record<string, unknown>;
}

export interface ExecutionError {
  /** For example `CommandExecError`. */
  name: string;
  /** The exit code in decimal for a command that exited, else free text. */
  value: string;
  timestamp: number;
  traceback: string[];
}

export interface ExecutionComplete {
  timestamp: number;
  /** 0 when the server did not say. */
  executionTimeMs: number;
}

export interface ExecutionInit {
  id: string;
  timestamp: number;
}

/** What one run did. Bounds: none; use `skipAccumulation` for long output. */
export interface Execution {
  id?: string;
  executionCount?: number;
  logs: {
    stdout: OutputMessage[];
    stderr: OutputMessage[];
  };
  result: ExecutionResult[];
  error?: ExecutionError;
  complete?: ExecutionComplete;
  /** 0, the code of the error, or `null` when there is none; absent for a background command. */
  exitCode?: number | null;
}

export type CommandExecution = Execution;

/** Told about each event, one after the other: the next is read when the promise of the last is kept. */
export interface ExecutionHandlers {
  /** Every event first, as it is on the wire. */
  onEvent?: (ev: unknown) => void | Promise<void>;
  onStdout?: (msg: OutputMessage) => void | Promise<void>;
  onStderr?: (msg: OutputMessage) => void | Promise<void>;
  onResult?: (res: ExecutionResult) => void | Promise<void>;
  onExecutionComplete?: (c: ExecutionComplete) => void | Promise<void>;
  onError?: (err: ExecutionError) => void | Promise<void>;
  onInit?: (init: ExecutionInit) => void | Promise<void>;
  /** True leaves `logs` empty. */
  skipAccumulation?: boolean;
}
