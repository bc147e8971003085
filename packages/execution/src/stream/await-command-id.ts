import { AsyncSubject, concatMap, finalize, race, throwError, timer, type Observable, type Subscription } from "rxjs";
import { SandboxError, isSandboxError } from "@rxsandbox/transport";

/** How long and how far a stream that nobody listens to is read for the id of its command. */
const ID_WAIT_MS = 10_000;
const ID_WAIT_BYTES = 64 * 1024;

/** What an abandoned stream reports. */
export interface LateStream {
  found(id: string): void;
  /** The stream ended, or said that nothing was started. */
  over(): void;
  failed(error: unknown): void;
  read(bytes: number): void;
}

/**
 * Waits for the id of a command whose stream was abandoned before its `init` came, then interrupts it and aborts the stream.
 *
 * Fails when the id does not come within 10 s or 64 KiB, or when the connection breaks first: the command may be left running. An
 * error status, or an end of body, means that there is nothing to end.
 */
export function awaitCommandId(body: Subscription, interrupt: (id: string) => Observable<unknown>): { readonly stream: LateStream; readonly work: Observable<unknown> } {
  const id = new AsyncSubject<string>();
  let bytes = 0;
  const giveUp = (problem: string, cause?: unknown): void => id.error(new SandboxError("timeout", `Interrupt command: ${problem} [timeout]`, { cause }));
  const tooLate = timer(ID_WAIT_MS).pipe(concatMap(() => throwError(() => new SandboxError("timeout", "Interrupt command: its id did not come within 10 s [timeout]"))));
  return {
    stream: {
      found: (value) => {
        id.next(value);
        id.complete();
      },
      over: () => id.complete(),
      failed: (error) => {
        if (isSandboxError(error) && error.status !== undefined) id.complete();
        else giveUp("its stream broke before its id came", error);
      },
      read: (count) => {
        bytes += count;
        if (bytes > ID_WAIT_BYTES) giveUp("its id did not come within 64 KiB");
      },
    },
    work: race(id, tooLate).pipe(
      finalize(() => body.unsubscribe()),
      concatMap((value) => {
        body.unsubscribe();
        return interrupt(value);
      }),
    ),
  };
}

