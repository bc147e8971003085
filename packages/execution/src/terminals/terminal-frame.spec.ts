import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputFrames, readTerminalFrame } from "./terminal-frame.js";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const error = (code: string) => expect.objectContaining({ code }) as Error;

describe("readTerminalFrame", () => {
  it("reads output of both streams", () => {
    expect(readTerminalFrame(bytes(1, 65, 66))).toEqual({ type: "output", stream: "stdout", bytes: bytes(65, 66) });
    expect(readTerminalFrame(bytes(2, 65))).toEqual({ type: "output", stream: "stderr", bytes: bytes(65) });
  });

  it("reads a replay with its offset, also from the middle of a buffer", () => {
    const whole = bytes(0, 0, 3, 0, 0, 0, 0, 0, 1, 0, 2, 65, 66);
    expect(readTerminalFrame(whole.subarray(2))).toEqual({ type: "replay", offset: 65_538, bytes: bytes(65, 66) });
  });

  it("errors with protocol where a replay is too short for its offset", () => {
    expect(() => readTerminalFrame(bytes(3, 0, 0, 0, 0, 0, 0, 1))).toThrow(error("protocol"));
  });

  it.each([
    ['{"type":"connected","mode":"pipe"}', { type: "connected", mode: "pipe" }],
    ['{"type":"connected"}', { type: "connected", mode: "pty" }],
    ['{"type":"exit","exit_code":-1}', { type: "exit", exitCode: -1 }],
    ['{"type":"error","code":"TAKEN_OVER","error":"gone"}', { type: "error", code: "TAKEN_OVER", message: "gone" }],
    ['{"type":"error","code":7}', { type: "error", code: "", message: "" }],
    ['{"type":"pong"}', { type: "other" }],
    ["null", { type: "other" }],
    [bytes(9, 1), { type: "other" }],
    [bytes(), { type: "other" }],
  ])("reads %s", (data, frame) => {
    expect(readTerminalFrame(data)).toEqual(frame);
  });

  it.each(["", "{", '{"type":"exit"}', '{"type":"exit","exit_code":"0"}'])("errors with protocol on %j", (text) => {
    expect(() => readTerminalFrame(text)).toThrow(error("protocol"));
  });
});

describe("inputFrames", () => {
  it("carries any input whole, in frames of at most 64 KiB behind their kind", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), (size) => {
        const input = new Uint8Array(size).map((_, index) => index % 251);
        const frames = inputFrames(input);
        expect(frames.every((frame) => frame[0] === 0 && frame.length > 1 && frame.length <= 64 * 1024 + 1)).toBe(true);
        const carried = Buffer.concat(frames.map((frame) => frame.subarray(1)));
        expect(carried.equals(Buffer.from(input))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("copies: bytes that are changed later are sent as they were", () => {
    const input = bytes(65, 66);
    const frames = inputFrames(input);
    input.fill(0);
    expect(frames).toEqual([bytes(0, 65, 66)]);
    expect(inputFrames("é")).toEqual([bytes(0, 0xc3, 0xa9)]);
  });
});
