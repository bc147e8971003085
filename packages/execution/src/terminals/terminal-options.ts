import { InvalidArgumentError } from "@rxsandbox/transport";
import { integerFrom, omitUndefined, oneOf, readFlag, readOptions, readText } from "@rxsandbox/transport/calls";

/** On a terminal device, or on three pipes with stdout and stderr as separate streams. */
export type TerminalMode = "pty" | "pipe";

/** Signals that a terminal passes on (`execd.md` 9). */
export type TerminalSignal = "SIGINT" | "SIGTERM" | "SIGKILL" | "SIGQUIT" | "SIGHUP";

/** How the connection of a terminal is kept. */
export interface TerminalConnectionOptions {
  /** `pty` when absent. Fixed by whoever starts the shell; ignored for one that runs. */
  readonly mode?: TerminalMode;
  /** Columns, with `rows`; 80 when absent. Only in mode `pty`. */
  readonly cols?: number;
  /** Rows, with `cols`; 24 when absent. */
  readonly rows?: number;
  /**
   * Times in a row that a broken connection is made again, until one brings output or holds for 10 s; 8 when absent,
   * with waits up to 5 s.
   */
  readonly maxReconnects?: number;
}

/** What a new terminal is made of. */
export interface TerminalOptions extends TerminalConnectionOptions {
  /** Working directory, created where it is missing; the daemon's when absent. */
  readonly cwd?: string;
  /** Run with `bash -c` in place of an interactive shell. */
  readonly command?: string;
}

/** How to attach to a terminal that exists. */
export interface AttachOptions extends TerminalConnectionOptions {
  /** Offset from which output is wanted; 0 when absent: everything that the server keeps. */
  readonly since?: number;
  /** Takes the terminal from a client that holds it, which then fails with `conflict` (server code `TAKEN_OVER`). */
  readonly takeover?: boolean;
}

/** Connection options, checked and complete. */
export interface ReadConnectionOptions {
  readonly mode: TerminalMode;
  readonly size: TerminalSize | undefined;
  readonly maxReconnects: number;
}

/** Columns and rows. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

const readDimension = integerFrom(1, 0xffff);
const connectionReads = {
  mode: oneOf("pty", "pipe"),
  cols: readDimension,
  rows: readDimension,
  maxReconnects: integerFrom(0),
};
const MAX_RECONNECTS = 8;

/** Checks the options of a new terminal. */
export function readTerminalOptions(options: TerminalOptions): {
  readonly body: { readonly cwd?: string; readonly command?: string };
  readonly connection: ReadConnectionOptions;
} {
  const { cwd, command, ...connection } = readOptions(options, {
    cwd: readText,
    command: readText,
    ...connectionReads,
  });
  return { body: omitUndefined({ cwd, command }), connection: readConnection(connection) };
}

/** Checks the options of an attachment. */
export function readAttachOptions(options: AttachOptions): {
  readonly since: number;
  readonly takeover: boolean;
  readonly connection: ReadConnectionOptions;
} {
  const {
    since = 0,
    takeover = false,
    ...connection
  } = readOptions(options, { since: integerFrom(0), takeover: readFlag, ...connectionReads });
  return { since, takeover, connection: readConnection(connection) };
}

/** Checks a size as a terminal device takes it. */
export function readSize(cols: number, rows: number): TerminalSize {
  return { cols: readDimension("cols", cols), rows: readDimension("rows", rows) };
}

function readConnection({
  mode = "pty",
  cols,
  rows,
  maxReconnects = MAX_RECONNECTS,
}: TerminalConnectionOptions): ReadConnectionOptions {
  const hasSize = cols !== undefined || rows !== undefined;
  if (hasSize && mode === "pipe")
    throw new InvalidArgumentError(cols === undefined ? "rows" : "cols", 'means nothing in mode "pipe"');
  return { mode, size: hasSize ? { cols: cols ?? 80, rows: rows ?? 24 } : undefined, maxReconnects };
}
