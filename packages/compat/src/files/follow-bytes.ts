import { toException } from "../errors/to-exception.js";

/** Passes bytes on; a wrong argument rejects at the first pull. Leaving the loop ends the download. */
export async function* followBytes(
  start: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* start();
  } catch (error) {
    throw toException(error, "Download stream");
  }
}
