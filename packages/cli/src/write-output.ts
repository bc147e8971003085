import { EMPTY, defer, expand, filter, finalize, from, type Observable } from "rxjs";
import { writtenText, type ExecutionEvent } from "@rxsandbox/client";
import type { Terminal } from "./terminal.js";

/**
 * Writes the output of a run and emits its events, each once it is written.
 *
 * The next event is pulled when the terminal has taken the last one, so that a slow reader pauses the run. Unsubscribe
 * ends the command at once, also while the terminal is behind.
 */
export function writeOutput(events: AsyncIterable<ExecutionEvent>, terminal: Terminal): Observable<ExecutionEvent> {
  return defer(() => {
    const iterator = events[Symbol.asyncIterator]();
    const writeNext = async (): Promise<ExecutionEvent | undefined> => {
      const { done, value: event } = await iterator.next();
      if (done === true) return undefined;
      if (event.type === "stdout") await terminal.out(writtenText(event));
      else if (event.type === "stderr") await terminal.err(writtenText(event));
      return event;
    };
    return from(writeNext()).pipe(
      expand((event) => (event === undefined ? EMPTY : writeNext())),
      filter((event) => event !== undefined),
      finalize(() => void iterator.return?.()),
    );
  });
}
