import { AsyncSubject, concatMap, finalize, race, throwError, timer, type Observable } from "rxjs";
import { SandboxError } from "@rxsandbox/transport";
import { mayHaveBegun } from "@rxsandbox/transport/calls";
import type { SearchEnd } from "./settle.js";

/** How long and how far a stream that nobody listens to is read for the id of its command. */
const ID_WAIT_MS = 10_000;
const ID_WAIT_BYTES = 64 * 1024;

/** What an abandoned stream reports. */
export interface LateStream {
  found(id: string): void;
  /** The execution ended, or never began. */
  over(): void;
  /** The stream ended without telling the id. */
  failed(error: unknown): void;
  /** So many bytes more were read, and what they tell has been told. */
  read(bytes: number): void;
}

/**
 * Waits for the id of a command whose stream was abandoned before its `init` came, then interrupts it.
 *
 * `onEnd` is called once, after the interrupt has left, and decides what becomes of the stream. Fails when the id does
 * not come within 10 s or 64 KiB, or when the stream ends first: the command may be left running. A refusal means that
 * there is nothing to end.
 */
export function awaitCommandId(
  interrupt: (id: string) => Observable<unknown>,
  onEnd: (end: SearchEnd) => void,
): { readonly stream: LateStream; readonly work: Observable<unknown> } {
  const id = new AsyncSubject<string>();
  let bytes = 0;
  let end: SearchEnd = "unknown";
  const tooLate = timer(ID_WAIT_MS).pipe(concatMap(() => throwError(() => noId("its id did not come within 10 s"))));
  const over = (): void => {
    end = end === "found" ? end : "over";
    id.complete();
  };
  return {
    stream: {
      found: (value) => {
        end = "found";
        id.next(value);
        id.complete();
      },
      over,
      failed: (error) => {
        if (mayHaveBegun(error)) id.error(noId("its stream ended before its id came", error));
        else over();
      },
      read: (count) => {
        bytes += count;
        if (bytes > ID_WAIT_BYTES) id.error(noId("its id did not come within 64 KiB"));
      },
    },
    work: race(id, tooLate).pipe(
      finalize(() => onEnd(end)),
      concatMap(interrupt),
    ),
  };
}

function noId(problem: string, cause?: unknown): SandboxError {
  return new SandboxError(
    "cleanup-failed",
    { what: "Interrupt command", detail: `${problem}; it may be left running` },
    { cause },
  );
}
