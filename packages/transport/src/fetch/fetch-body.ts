import { isByteArray } from "../arguments/bytes.js";
import type { RequestBody } from "../ports/transport.js";

/** How a body that is read piece by piece is watched. */
export interface FetchBodyWatch {
  /** A piece is wanted: the one before has left. Until `onPiece` it is the source that takes its time. */
  readonly onWanted: () => void;
  readonly onPiece: () => void;
}

/** Turns an iterable into what `fetch` reads; what else there is fits as it is. `stop` gives up the source. */
export function fetchBody(
  body: RequestBody,
  { onWanted, onPiece }: FetchBodyWatch,
): { readonly content: BodyInit; readonly isStream: boolean; stop(): void } {
  if (typeof body === "string" || isByteArray(body) || body instanceof Blob) {
    return { content: body as BodyInit, isStream: false, stop: () => undefined };
  }
  let iterator: AsyncIterator<Uint8Array> | undefined;
  const stop = (): void => {
    const stopped = iterator;
    iterator = undefined;
    // Nobody is left to be told that giving up failed.
    stopped?.return?.().catch(() => undefined);
  };
  const content = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        onWanted();
        iterator ??= body[Symbol.asyncIterator]();
        const { done, value } = await iterator.next();
        onPiece();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  return { content, isStream: true, stop };
}
