import { Observable } from "rxjs";

/**
 * Emits the first SIGINT or SIGTERM of this process and then leaves the second one to the system, which ends the process:
 * somebody who presses Ctrl-C twice does not want to wait.
 *
 * The listeners outlive the signal that ends them: a spinner's library watches signals too, and ends the process at once when nobody
 * else listens by the time its own listener runs.
 */
export function interruption(): Observable<NodeJS.Signals> {
  return new Observable<NodeJS.Signals>((subscriber) => {
    const stop = (signal: NodeJS.Signals): void => {
      subscriber.next(signal);
      subscriber.complete();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    return () =>
      void setImmediate(() => {
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
      });
  });
}
