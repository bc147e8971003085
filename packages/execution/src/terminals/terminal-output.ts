/** Bytes that a terminal wrote. */
export interface TerminalBytes {
  readonly type: "output";
  /**
   * A terminal device has one output, `stdout`. In pipe mode `mixed` is output that was replayed: the server keeps both
   * outputs in one stream and no longer knows which bytes were whose (`execd.md` 9, Offsets).
   */
  readonly stream: "stdout" | "stderr" | "mixed";
  /** The receiver's own; cut anywhere, also inside a character: decode with {@link terminalText}. */
  readonly bytes: Uint8Array;
  /** Of the first byte, counted from the first output of the session. */
  readonly offset: number;
}

/**
 * Output that can no longer be had: the server keeps the last MiB, or an exit overtook it (`execd.md` 9, Exit race).
 */
export interface TerminalGap {
  readonly type: "gap";
  /** Of the first missing byte. */
  readonly offset: number;
  readonly missingBytes: number;
}

/** What a terminal emits. */
export type TerminalOutput = TerminalBytes | TerminalGap;

/**
 * The connection of a terminal: `idle` while nobody subscribes to its output, `connecting` for the first time, `open`,
 * `reconnecting` after it broke, `ended` after the exit of the shell.
 */
export type TerminalState = "idle" | "connecting" | "open" | "reconnecting" | "ended";
