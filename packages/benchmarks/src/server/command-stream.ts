import type { BenchChunking, BenchCommand, BenchFraming } from "../bench-command.js";
import { eventFrame, outputFrames } from "./event-frames.js";
import { LAST_CHUNK, httpChunks, slices } from "./http-chunks.js";

/** The encoded body of one `/command` answer: written in order, then held open for `holdMs` before its end. */
export interface CommandStream {
  readonly parts: readonly Buffer[];
  /** Where given, each part is a write of its own, at least so many microseconds after the one before it. */
  readonly everyUs?: number;
  /** What is written again and again after the parts, until the connection is closed. */
  readonly repeat?: { readonly part: Buffer; readonly everyMs: number };
  readonly holdMs: number;
}

/** Id of every command here. */
export const BENCH_COMMAND_ID = "097d65baa22699a9fa65084fe22bcfa2";

const cache = new Map<string, Buffer>();

const hi = eventFrame("bare", { type: "stdout", text: "hi", timestamp: 1_795_000_000_003 });

/** Builds the body that a {@link BenchCommand} asks for; blocks are encoded once and shared. */
export function commandStream(command: BenchCommand): CommandStream {
  const framing = command.kind === "stream" ? command.framing : "bare";
  const init = httpChunks([
    eventFrame(framing, { type: "init", text: BENCH_COMMAND_ID, timestamp: 1_795_000_000_000 }),
  ]);
  const end = httpChunks([
    eventFrame(framing, { type: "execution_complete", execution_time: 2, timestamp: 1_795_000_000_004 }),
  ]);
  switch (command.kind) {
    case "tick":
      return { parts: [init], repeat: { part: httpChunks([hi]), everyMs: command.everyMs }, holdMs: 0 };
    case "started":
      return { parts: [init, Buffer.concat([end, LAST_CHUNK])], holdMs: 0 };
    case "hold": {
      const output = httpChunks([hi]);
      return command.holdMs === 0
        ? { parts: [init, output, Buffer.concat([end, LAST_CHUNK])], holdMs: 0 }
        : { parts: [init, output, end], holdMs: command.holdMs };
    }
    case "stream": {
      const block = outputBlock(command.framing, command.chunking);
      return {
        parts: [init, ...Array.from({ length: command.blocks }, () => block), Buffer.concat([end, LAST_CHUNK])],
        holdMs: 0,
      };
    }
    case "segments":
      return {
        parts: [init, ...outputFrames("bare").map((frame) => httpChunks([frame])), Buffer.concat([end, LAST_CHUNK])],
        everyUs: command.everyUs,
        holdMs: 0,
      };
    case "large":
      return {
        parts: [init, largeEvent(command.bytes, command.chunkBytes), Buffer.concat([end, LAST_CHUNK])],
        holdMs: 0,
      };
  }
}

function outputBlock(framing: BenchFraming, chunking: BenchChunking): Buffer {
  return cached(`${framing} ${chunking}`, () => {
    const frames = outputFrames(framing);
    return httpChunks(chunking === "frame" ? frames : slices(Buffer.concat(frames), 64 * 1024));
  });
}

function largeEvent(bytes: number, chunkBytes: number): Buffer {
  return cached(`large ${bytes} ${chunkBytes}`, () => {
    const text = "0123456789 abcdefghijklmnopqrstuvwxyz ".repeat(Math.ceil(bytes / 38)).slice(0, bytes);
    return httpChunks(slices(eventFrame("bare", { type: "stdout", text, timestamp: 1_795_000_000_003 }), chunkBytes));
  });
}

function cached(key: string, build: () => Buffer): Buffer {
  let value = cache.get(key);
  if (value === undefined) cache.set(key, (value = build()));
  return value;
}
