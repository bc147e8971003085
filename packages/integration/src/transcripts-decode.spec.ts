import { createHash } from "node:crypto";
import { toWireEvent } from "@rxsandbox/protocol";
import { createEventDecoder } from "@rxsandbox/transport";
import { describe, expect, it } from "vitest";
import { eventStreamRecordings } from "./event-stream-recordings.js";

const { recordings, leftOut } = eventStreamRecordings();

type WireFrame = Readonly<Record<string, unknown>>;

/** Decodes chunks and gives back wire frames. A stream whose reader hung up has no end to judge. */
function decode(chunks: readonly Uint8Array[], isWhole: boolean): readonly WireFrame[] {
  const frames: WireFrame[] = [];
  const decoder = createEventDecoder(
    { unit: "line" },
    {
      event: (event) => void frames.push(toWireEvent(event) as WireFrame),
      envelope: ({ code, message }) => void frames.push({ code, message }),
    },
  );
  for (const chunk of chunks) decoder.push(chunk);
  if (isWhole) decoder.end();
  return frames;
}

/** The recorder keeps a digest of texts above 2 KiB. */
function abbreviated(frame: WireFrame): WireFrame {
  const { text, ...rest } = frame;
  if (typeof text !== "string" || Buffer.byteLength(text) <= 2048) return frame;
  return { ...rest, textBytes: Buffer.byteLength(text), textSha256: createHash("sha256").update(text).digest("hex") };
}

function isSame(one: readonly WireFrame[], other: readonly WireFrame[]): boolean {
  return (
    one.length === other.length && one.every((frame, index) => JSON.stringify(frame) === JSON.stringify(other[index]))
  );
}

describe("createEventDecoder on recorded streams", () => {
  it("replays every recorded execution stream but those whose bodies were not kept", () => {
    expect(leftOut).toEqual([
      { name: "execd/command/line-1mib-no-newline #1", reason: "body abbreviated" },
      { name: "execd/command/lines-100k #1", reason: "body abbreviated" },
      { name: "execd/misc/metrics-watch #1", reason: "metrics, not an execution" },
    ]);
    expect(recordings).toHaveLength(145);
  });

  it.each(recordings)("decodes $name to the recorded frames", ({ chunks, isWhole, decoded }) => {
    expect(decode(chunks, isWhole).map(abbreviated)).toEqual(decoded);
  });

  it.each(recordings)("decodes $name the same with any other borders", ({ chunks, isWhole }) => {
    const bytes = Buffer.concat(chunks);
    const expected = decode(chunks, isWhole);
    for (const size of [1, 2, 3, 7, 61, 1021, Number.POSITIVE_INFINITY]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      if (!isSame(decode(pieces, isWhole), expected)) expect(decode(pieces, isWhole)).toEqual(expected);
    }
    // One border at every byte; in long bodies at every prime step, so that borders fall everywhere in a frame.
    const step = bytes.length <= 4096 ? 1 : bytes.length <= 65_536 ? 13 : 509;
    for (let border = 1; border < bytes.length; border += step) {
      const pieces = [bytes.subarray(0, border), bytes.subarray(border)];
      if (!isSame(decode(pieces, isWhole), expected))
        expect({ border, frames: decode(pieces, isWhole) }).toEqual({ border, frames: expected });
    }
  });
});
