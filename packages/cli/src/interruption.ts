import { Observable } from "rxjs";

/**
 * Emits the first SIGINT or SIGTERM of this process and then leaves the second one to the system, which ends the process:
 * somebody who presses Ctrl-C twice does not want to wait.
 */
export function interruption(): Observable<NodeJS.Signals> {
  return new Observable<NodeJS.Signals>((subscriber) => {
    const stop = (signal: NodeJS.Signals): void => {
      remove();
      subscriber.next(signal);
      subscriber.complete();
    };
    const remove = (): void => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    return remove;
  });
}
