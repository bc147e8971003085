/** With a terminal device, or with three plain pipes. */
export type TerminalMode = "pty" | "pipe";

/** Which of its outputs a shell wrote to; a terminal device has one. */
export type TerminalStream = "stdout" | "stderr";

/** What a shell reports; nothing after `ended`. */
export interface ShellListener {
  /** The bytes belong to the listener. */
  output(stream: TerminalStream, bytes: Buffer): void;
  /** All output has been reported; -1 when a signal ended it. */
  ended(exitCode: number): void;
  /** Input can no longer be written. */
  inputFailed(message: string): void;
  /** Input that waited has been taken. */
  drained(): void;
}

/** The running shell of a terminal: leader of a session and a process group of its own. */
export interface TerminalShell {
  readonly mode: TerminalMode;
  readonly pid: number;
  write(bytes: Buffer): void;
  /** Bytes of input that the shell has not taken yet. */
  pendingBytes(): number;
  /** Does nothing without a terminal device. */
  resize(columns: number, rows: number): void;
  /** Stops reading output, so that the shell waits once its buffers are full. */
  pauseOutput(): void;
  resumeOutput(): void;
}

/** How a shell is started. */
export interface ShellStart {
  /** Path of the program. */
  readonly shell: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a shell; rejects with the daemon's text when that fails. */
export type StartShell = (start: ShellStart, listener: ShellListener) => Promise<TerminalShell>;
