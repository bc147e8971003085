import { isByteArray, type RequestBody } from "@rxsandbox/transport";

/**
 * A larger body is handed over in pieces where progress is watched, since undici does not tell how much of one piece
 * has left.
 */
const PIECE_BYTES = 256 * 1024;

/** A body in the form that undici takes, and what it says about itself. */
export interface OutgoingBody {
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Bytes, where they are known and undici cannot count them itself. */
  readonly length: number | undefined;
  /** Handed over in one piece. */
  readonly isWhole: boolean;
  /** Gives up the source, for example closes the file it reads. */
  stop(): void;
}

/** How a body that is read piece by piece is watched. */
export interface BodyWatch {
  /** A piece is wanted: the one before has left. Until `onPiece` it is the source that takes its time. */
  readonly onWanted: () => void;
  readonly onPiece: () => void;
  /** The source failed. */
  readonly onError: (error: unknown) => void;
  /** True splits large bodies so that there is progress to see. */
  readonly isTimed: boolean;
}

/** Prepares a body; nothing is read before undici asks for it. */
export function outgoingBody(
  body: RequestBody | undefined,
  contentLength: number | undefined,
  watch: BodyWatch,
): OutgoingBody {
  if (body === undefined) return { content: null, length: undefined, isWhole: true, stop: () => undefined };
  if (typeof body === "string") {
    return watch.isTimed && body.length > PIECE_BYTES
      ? outgoingBody(Buffer.from(body), contentLength, watch)
      : { content: body, length: undefined, isWhole: true, stop: () => undefined };
  }
  if (isByteArray(body)) {
    if (!watch.isTimed || body.byteLength <= PIECE_BYTES)
      return { content: body, length: undefined, isWhole: true, stop: () => undefined };
    return { ...watched(pieces(body), watch), length: body.byteLength };
  }
  if (body instanceof Blob)
    return { ...watched(body.stream() as unknown as AsyncIterable<Uint8Array>, watch), length: body.size };
  return { ...watched(body, watch), length: contentLength };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function watched(
  source: AsyncIterable<Uint8Array>,
  { onWanted, onPiece, onError }: BodyWatch,
): Omit<OutgoingBody, "length"> {
  let iterator: AsyncIterator<Uint8Array> | undefined;
  const stop = (): void => {
    const stopped = iterator;
    iterator = undefined;
    // Nobody is left to be told that giving up failed.
    stopped?.return?.().catch(() => undefined);
  };
  const content: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      iterator = source[Symbol.asyncIterator]();
      return {
        next: async () => {
          onWanted();
          // Never "done": a stopped body must not look like a whole one to the server.
          if (iterator === undefined) throw new Error("the request was ended");
          try {
            const piece = await iterator.next();
            onPiece();
            return piece;
          } catch (error) {
            onError(error);
            throw error;
          }
        },
        return: async () => {
          stop();
          return { done: true, value: undefined };
        },
      };
    },
  };
  return { content, isWhole: false, stop };
}
