/** What went wrong in an execution, as the server reported it (`execd.md` 2.2). */
export interface ExecutionError {
  /** For example `CommandExecError`, `NameError`. */
  readonly name: string;
  /** The exit code in decimal for a command that exited, free text otherwise. */
  readonly value: string;
  /** Empty when the server sent `null`. */
  readonly traceback: readonly string[];
}

/** Whether a text event is one whole line without its terminator, or a piece of output as it came (`execd.md` 2.3). */
export type TextUnit = "line" | "chunk";

export interface InitEvent {
  readonly type: "init";
  /** Id of the command, session or code context that runs. */
  readonly id: string;
  readonly timestamp: number;
}

export interface OutputEvent {
  readonly type: "stdout" | "stderr";
  /** A blank line of a command is the text `"\n"` (`execd.md` 2.3). */
  readonly text: string;
  readonly unit: TextUnit;
  readonly timestamp: number;
}

export interface ResultEvent {
  readonly type: "result";
  /** MIME bundle; a real daemon renames `text/plain` to `text`. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

/** What a client knows about the run that an event ends. It is not on the wire. */
export interface RunFacts {
  /** A command has an exit code. Code has none: a number in its error is text that the program wrote. */
  readonly kind: "command" | "code";
  /** The beginning of the command line or of the code, with known secrets masked. At most 200 characters. */
  readonly source: string;
  /** Whether the run lasted at least as long as the timeout that its caller had set. */
  readonly reachedTimeout: boolean;
}

export interface ErrorEvent {
  readonly type: "error";
  readonly error: ExecutionError;
  readonly timestamp: number;
  /** Set by the run that emits the event. Absent on an event that was built from a frame alone. */
  readonly run?: RunFacts;
}

export interface ExecutionCompleteEvent {
  readonly type: "execution_complete";
  /** 0 when the frame does not carry it. */
  readonly executionTimeMs: number;
  readonly timestamp: number;
  /** Set by the run that emits the event. Absent on an event that was built from a frame alone. */
  readonly run?: RunFacts;
}

export interface StatusEvent {
  readonly type: "status";
  readonly text: string;
  readonly timestamp: number;
}

export interface ExecutionCountEvent {
  readonly type: "execution_count";
  readonly executionCount: number;
  readonly timestamp: number;
}

export interface PingEvent {
  readonly type: "ping";
  readonly timestamp: number;
}

/** An event of a type that this version does not know: kept with its raw value, never dropped. */
export interface UnknownEvent {
  readonly type: "unknown";
  /** The `type` on the wire. */
  readonly wireType: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

/** One event of an execution stream. Timestamps are Unix milliseconds of the sandbox's clock; 0 when absent. */
export type ExecutionEvent =
  | InitEvent
  | OutputEvent
  | ResultEvent
  | ErrorEvent
  | ExecutionCompleteEvent
  | StatusEvent
  | ExecutionCountEvent
  | PingEvent
  | UnknownEvent;
