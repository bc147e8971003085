import { once } from "node:events";

/** Where a command writes and what it may assume about it; tests give their own. */
export interface Terminal {
  /** Waits while the reader is behind, so that memory does not grow with the output. */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
  /** Whether standard error is a terminal: only then progress is animated. */
  readonly isInteractive: boolean;
}

async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}

/** The process's own standard streams. A reader that went away (`| head`) ends the process quietly, like other tools. */
export function processTerminal(): Terminal {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    isInteractive: process.stderr.isTTY === true,
  };
}
