import { concatMap, defer, filter, finalize, ignoreElements, map, merge, type Observable } from "rxjs";
import { InvalidArgumentError, terminalText, type Sandbox, type Terminal as RemoteTerminal } from "@rxsandbox/client";
import type { TerminalScreen, Terminal } from "../terminal.js";
import type { ExecOptions } from "./run.js";

/**
 * Runs a command, or a shell when there is none, on the screen of this terminal, and emits its exit code.
 *
 * Keys go to the command as they are, Ctrl-C and Ctrl-D too; its screen has the size of ours, also when that changes.
 * Ours is as it was on every way out.
 */
export function onScreen(
  sandbox: Sandbox,
  command: string | undefined,
  { workingDirectory, env = {} }: Pick<ExecOptions, "workingDirectory" | "env">,
  { screen, ...terminal }: Terminal,
): Observable<number> {
  if (screen === undefined) throw noScreen();
  const { cols, rows } = sizeOf(screen);
  const script = prepared(command, env, `stty cols ${cols} rows ${rows} 2>/dev/null`);
  const options = {
    cols,
    rows,
    ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
    ...(script === undefined ? {} : { command: script }),
  };
  return sandbox.terminals.withTerminal(options, (remote) => {
    const output = remote.output.pipe(
      terminalText(),
      concatMap((text) => terminal.out(text)),
      ignoreElements(),
    );
    return merge(output, remote.exit, tellReconnecting(remote, terminal)).pipe(
      connectScreen(remote, screen),
      // -1 stands for a signal, and the daemon does not tell which.
      map((code) => (code < 0 ? 128 : code & 0xff)),
    );
  });
}

/** The error of a screen that is wanted and not there. */
export function noScreen(): InvalidArgumentError {
  const reason = "needs a terminal on standard input and output; for a pipe use -i without -t";
  return new InvalidArgumentError("--tty", reason);
}

/** Connects keys and size while there is a subscriber, in raw mode. */
function connectScreen(remote: RemoteTerminal, screen: TerminalScreen): <T>(source: Observable<T>) => Observable<T> {
  return (source) =>
    defer(() => {
      const keys = (bytes: Buffer): void => remote.input.next(new Uint8Array(bytes));
      const resized = (): void => {
        const { cols, rows } = sizeOf(screen);
        remote.resize(cols, rows);
      };
      const restore = (): void => void screen.input.setRawMode(false);
      screen.input.setRawMode(true);
      // For an end that nobody planned.
      process.once("exit", restore);
      screen.input.on("data", keys).resume();
      screen.output.on("resize", resized);
      return source.pipe(
        finalize(() => {
          screen.output.off("resize", resized);
          screen.input.off("data", keys).pause();
          restore();
          process.off("exit", restore);
        }),
      );
    });
}

/** The line ends in CR LF: the screen is raw. */
function tellReconnecting({ state }: RemoteTerminal, terminal: Pick<Terminal, "err">): Observable<never> {
  return state.pipe(
    filter((now) => now === "reconnecting"),
    concatMap(() => terminal.err("\r\nrxsandbox: reconnecting\r\n")),
    ignoreElements(),
  );
}

/** A terminal of unknown size has 80 columns and 24 rows. */
function sizeOf({ output: { columns, rows } }: TerminalScreen): { readonly cols: number; readonly rows: number } {
  return { cols: columns || 80, rows: rows || 24 };
}

/**
 * Terminals of a daemon take no variables, and begin with 80 columns until the connection is there: what is run sets
 * both itself. A plain shell without variables stays one.
 */
function prepared(
  command: string | undefined,
  env: Readonly<Record<string, string>>,
  setSize: string,
): string | undefined {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  if (command === undefined && exports.length === 0) return undefined;
  return [setSize, ...exports, command ?? "exec bash"].join("\n");
}
