import { Observable } from "rxjs";

/** A signal that asks the program to end; `SIGPIPE` when whoever read its output has gone away. */
export type Interruption = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGPIPE";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Emits the first SIGINT, SIGTERM or SIGHUP of this process, or `SIGPIPE` when standard output or standard error is
 * closed, and then leaves signals to the system, which ends the process: somebody who presses Ctrl-C twice does not
 * want to wait.
 *
 * The listeners outlive the signal that ends them: a spinner's library watches signals too, and ends the process at
 * once when nobody else listens by the time its own listener runs.
 */
export function interruption(
  outputs: readonly NodeJS.EventEmitter[] = [process.stdout, process.stderr],
): Observable<Interruption> {
  return new Observable<Interruption>((subscriber) => {
    let isStopping = false;
    const stop = (signal: Interruption): void => {
      isStopping = true;
      subscriber.next(signal);
      subscriber.complete();
    };
    const fail = (error: NodeJS.ErrnoException): void =>
      isClosedOutput(error) ? stop("SIGPIPE") : subscriber.error(error);
    for (const signal of SIGNALS) process.on(signal, stop as (signal: NodeJS.Signals) => void);
    for (const output of outputs) output.on("error", fail);
    return () =>
      void setImmediate(() => {
        for (const signal of SIGNALS) process.off(signal, stop as (signal: NodeJS.Signals) => void);
        // Who is stopped still has something to end, and must not be ended by the other output.
        if (!isStopping) for (const output of outputs) output.off("error", fail);
      });
  });
}

/** Whether an output failed because nobody reads it any more: a closed pipe, or a terminal that is gone. */
export function isClosedOutput({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "EIO";
}
