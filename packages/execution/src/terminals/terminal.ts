import { EMPTY, Observable, defer, share, throwError, type NextObserver } from "rxjs";
import { SandboxError, type Bytes, type Sockets } from "@rxsandbox/transport";
import { completeInBackground, oneOf, type SandboxConnection } from "@rxsandbox/transport/calls";
import { deleteTerminal, getTerminal, type TerminalInfo } from "./terminal-calls.js";
import { TerminalLink, type TerminalLinkOptions } from "./terminal-link.js";
import { readSize, type TerminalSignal } from "./terminal-options.js";
import type { TerminalOutput, TerminalState } from "./terminal-output.js";
import { TerminalRun } from "./terminal-run.js";

/**
 * One attachment to a terminal session (`execd.md` 9). The session lives on the server until it is deleted; the shell
 * starts when the first client connects.
 */
export interface Terminal {
  readonly id: string;
  /**
   * What the terminal writes, in order, without a byte twice; bytes that can no longer be had are a gap.
   *
   * Producer: the first subscription connects, further ones share the connection and see what comes from then on.
   * Completes after the shell's exit. Errors: `conflict` (server code `ALREADY_CONNECTED` or `TAKEN_OVER`),
   * `not-found`, `stream-truncated` when the shell ended while the connection was down, `network` after `maxReconnects`
   * attempts, `unsupported` where the platform's WebSocket cannot carry the headers that the address needs.
   * Unsubscribing the last one disconnects and leaves the shell; subscribing again goes on at `offset`. Bounds: what is
   * received is passed on at once, at most one frame of 32 KiB, or one replay of 1 MiB, at a time; a slow server side
   * keeps the last MiB.
   */
  readonly output: Observable<TerminalOutput>;
  /**
   * Emits the exit code, -1 for a signal, and completes. Connects as `output` does, and errors alike; what is written
   * is not kept for later.
   */
  readonly exit: Observable<number>;
  /** Emits the state of the connection, now and at every change; completes with `ended`. Connects nothing. */
  readonly state: Observable<TerminalState>;
  /** Of the next byte: the value for `since` with which another attachment would go on. */
  readonly offset: number;
  /**
   * Takes input: `source.subscribe(terminal.input)` or `terminal.input.next("ls\n")`. Goes out at once while connected,
   * waits otherwise.
   *
   * Bounds: throws `limit-exceeded` when more than 16 MiB wait. Input that was on its way when a connection broke may
   * be lost and is never sent twice. After the exit it does nothing.
   */
  readonly input: NextObserver<string | Bytes>;
  /** Gives the terminal another size, now and on every connection; a terminal in pipe mode has none. */
  resize(cols: number, rows: number): void;
  /**
   * Signals the shell's process group; a foreground job is interrupted by `input.next("\x03")`. Throws `invalid-state`
   * unless connected.
   */
  signal(signal: TerminalSignal): void;
  /** Emits what the server says about the session. */
  getInfo(): Observable<TerminalInfo>;
  /** Ends the shell and the session. Errors `not-found` when it is gone. Never aborted once sent. */
  delete(): Observable<void>;
}

const noSockets: Sockets = {
  connect: ({ what }) =>
    throwError(() => new SandboxError("unsupported", { what, detail: "there are no WebSockets here" })),
};

const readSignal = oneOf("SIGINT", "SIGTERM", "SIGKILL", "SIGQUIT", "SIGHUP");

/** Builds the handle of a terminal; sends nothing. */
export function createTerminalHandle(connection: SandboxConnection, options: TerminalLinkOptions): Terminal {
  const { api, scope, sockets = noSockets } = connection;
  const { id } = options;
  const link = new TerminalLink(options);
  const live = scope
    .guard(new Observable<TerminalOutput>((subscriber) => new TerminalRun(api, sockets, link, subscriber).start()))
    .pipe(share({ resetOnComplete: true, resetOnError: true, resetOnRefCountZero: true }));
  const output = defer(() => (link.exitCode === undefined ? live : EMPTY));
  return {
    id,
    output,
    exit: new Observable((subscriber) =>
      output.subscribe({
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          subscriber.next(link.exitCode ?? -1);
          subscriber.complete();
        },
      }),
    ),
    state: link.state,
    get offset() {
      return link.offset;
    },
    input: { next: (data) => link.input.write(data) },
    resize: (cols, rows) => link.resize(readSize(cols, rows)),
    signal: (signal) => {
      link.signal(readSignal("signal", signal));
    },
    getInfo: () => getTerminal(api, id),
    delete: () => completeInBackground(connection, { kind: "terminal", id }, (open) => deleteTerminal(open, id)),
  };
}
