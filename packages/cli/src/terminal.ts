import { once } from "node:events";
import { isatty } from "node:tty";
import { isClosedOutput } from "./interruption.js";

/** A terminal that a person sits at: keys and screen. */
export interface TerminalScreen {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Where a command reads and writes, and what it may assume about it; tests give their own. */
export interface Terminal {
  /** Waits while the reader is behind, so that memory does not grow with the output. */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
  /** Whether standard error is a terminal that can show animated progress, see {@link canAnimate}. */
  readonly isInteractive: boolean;
  /** Standard input, read once; there is none when absent. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Present when standard input and output are both terminals. */
  readonly screen?: TerminalScreen;
}

async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return;
  // The failure of the stream is told to its listeners below.
  await once(stream, "drain").catch(() => undefined);
}

/**
 * Says whether a stream can show a spinner: a terminal that knows escape codes and its width, outside CI.
 * A width of 0 is what a pseudo-terminal has when nobody set one, and a spinner cannot count its lines there.
 */
export function canAnimate(
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): boolean {
  return isTTY === true && columns !== undefined && columns > 0 && env["TERM"] !== "dumb" && env["CI"] === undefined;
}

/**
 * The process's own standard streams.
 *
 * A reader that went away (`| head`) ends the process quietly, like other tools, unless a command listens for that and
 * has something to end first: see `interruption`. What is written from then on is dropped.
 */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!isClosedOutput(error)) throw error;
      if (stream.listenerCount("error") === 1) process.exit(0);
    });
  }
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    isInteractive: canAnimate(process.stderr, process.env),
    // Not opened before somebody wants it: an open input keeps the process alive.
    get input() {
      return process.stdin;
    },
    ...(process.stdout.isTTY && isatty(0) && { screen: processScreen() }),
  };
}

function processScreen(): TerminalScreen {
  return {
    get input() {
      return process.stdin;
    },
    output: process.stdout,
  };
}
