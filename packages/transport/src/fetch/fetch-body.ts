import type { RequestBody } from "../ports/transport.js";

/** Turns an iterable into what `fetch` reads; what else there is fits as it is. `stop` gives up the source. */
export function fetchBody(body: RequestBody, onProgress: () => void): { readonly content: BodyInit; readonly isStream: boolean; stop(): void } {
  if (typeof body === "string" || body instanceof Uint8Array || body instanceof Blob) {
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
        onProgress();
        iterator ??= body[Symbol.asyncIterator]();
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  return { content, isStream: true, stop };
}
