import { describe, expect, it, vi } from "vitest";
import { outgoingBody, type BodyWatch } from "./request-body.js";

const watch = (isTimed = false) =>
  ({ isTimed, onWanted: vi.fn(), onPiece: vi.fn(), onError: vi.fn() }) satisfies BodyWatch;

async function read(content: unknown): Promise<number[]> {
  const sizes: number[] = [];
  for await (const piece of content as AsyncIterable<Uint8Array>) sizes.push(piece.byteLength);
  return sizes;
}

describe("outgoingBody", () => {
  it("hands small and untimed bodies over as they are", () => {
    const bytes = new Uint8Array(1_000_000);
    expect(outgoingBody(undefined, undefined, watch())).toMatchObject({ content: null, length: undefined });
    expect(outgoingBody("text", undefined, watch(true)).content).toBe("text");
    expect(outgoingBody(bytes, undefined, watch()).content).toBe(bytes);
  });

  it("splits large timed ones so that their progress is seen", async () => {
    const seen = watch(true);
    const { content, length } = outgoingBody(new Uint8Array(600_000), undefined, seen);
    expect(length).toBe(600_000);
    expect(await read(content)).toEqual([262_144, 262_144, 75_712]);
    expect(seen.onWanted).toHaveBeenCalledTimes(4);
    expect(seen.onPiece).toHaveBeenCalledTimes(4);
    expect(outgoingBody("é".repeat(300_000), undefined, watch(true)).length).toBe(600_000);
  });

  it("knows the size of a blob and believes the caller about an iterable", () => {
    expect(outgoingBody(new Blob(["abc"]), undefined, watch()).length).toBe(3);
    expect(outgoingBody((async function* () {})(), 7, watch()).length).toBe(7);
  });

  it("tells what the source threw", async () => {
    const seen = watch();
    const thrown = new Error("source");
    const { content } = outgoingBody(
      (async function* (): AsyncGenerator<Uint8Array> {
        throw thrown;
      })(),
      undefined,
      seen,
    );
    await expect(read(content)).rejects.toBe(thrown);
    expect(seen.onError).toHaveBeenCalledWith(thrown);
  });

  it("ends the source when stopped, and never looks complete then", async () => {
    let isEnded = false;
    const source = async function* () {
      try {
        yield new Uint8Array(1);
        yield new Uint8Array(1);
      } finally {
        isEnded = true;
      }
    };
    const { content, stop } = outgoingBody(source(), undefined, watch());
    const iterator = (content as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await iterator.next();
    stop();
    await expect(iterator.next()).rejects.toThrow("ended");
    expect(isEnded).toBe(true);
  });
});
