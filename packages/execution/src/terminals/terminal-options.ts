import { InvalidArgumentError } from "@rxsandbox/transport";
import { flag, onlyOptions, optionalText } from "../argument.js";

/** On a terminal device, or on three plain pipes with standard error apart. */
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
  /** Times in a row that a broken connection is made again, until one brings output or holds for 10 s; 8 when absent, with waits up to 5 s. */
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
  /** Takes the terminal from a client that holds it, which then errors `conflict` with server code `TAKEN_OVER`. */
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

const CONNECTION_NAMES = ["mode", "cols", "rows", "maxReconnects"];
const MAX_RECONNECTS = 8;

/** Checks the options of a new terminal. */
export function readTerminalOptions(options: TerminalOptions): {
  readonly body: { readonly cwd?: string; readonly command?: string };
  readonly connection: ReadConnectionOptions;
} {
  onlyOptions(options, ["cwd", "command", ...CONNECTION_NAMES]);
  const cwd = optionalText("cwd", options.cwd);
  const command = optionalText("command", options.command);
  return {
    body: { ...(cwd !== undefined && { cwd }), ...(command !== undefined && { command }) },
    connection: readConnection(options),
  };
}

/** Checks the options of an attachment. */
export function readAttachOptions(options: AttachOptions): {
  readonly since: number;
  readonly takeover: boolean;
  readonly connection: ReadConnectionOptions;
} {
  onlyOptions(options, ["since", "takeover", ...CONNECTION_NAMES]);
  return {
    since: count("since", options.since ?? 0),
    takeover: flag("takeover", options.takeover),
    connection: readConnection(options),
  };
}

/** Checks a size as a terminal device takes it. */
export function readSize(cols: number, rows: number): TerminalSize {
  for (const [name, value] of [
    ["cols", cols],
    ["rows", rows],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > 0xffff)
      throw new InvalidArgumentError(name, `must be an integer from 1 to 65535, got ${String(value)}`);
  }
  return { cols, rows };
}

function readConnection({
  mode = "pty",
  cols,
  rows,
  maxReconnects = MAX_RECONNECTS,
}: TerminalConnectionOptions): ReadConnectionOptions {
  if (mode !== "pty" && mode !== "pipe") throw new InvalidArgumentError("mode", 'must be "pty" or "pipe"');
  const hasSize = cols !== undefined || rows !== undefined;
  if (hasSize && mode === "pipe")
    throw new InvalidArgumentError(cols === undefined ? "rows" : "cols", 'means nothing in mode "pipe"');
  return {
    mode,
    size: hasSize ? readSize(cols ?? 80, rows ?? 24) : undefined,
    maxReconnects: count("maxReconnects", maxReconnects),
  };
}

function count(argument: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError(argument, `must be an integer of 0 or more, got ${String(value)}`);
  return value;
}
