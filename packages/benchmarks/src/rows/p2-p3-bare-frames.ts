import type { Benchmark } from "./benchmark.js";
import { eventRow } from "./compare.js";
import { measureStream } from "./measure-in-worker.js";

const subjects = ["official-iterator", "official-handlers", "official-accumulating", "rxsandbox", "raw"] as const;
const bare = { kind: "stream", framing: "bare", blocks: 64 } as const;

/** A million output events as bare frames, each in an HTTP chunk of its own. */
export const p2: Benchmark = {
  id: "P2",
  measurements: [measureStream("P2", subjects, { ...bare, chunking: "frame" })],
  rows: [
    eventRow("P2", "P2", "bare frames, one HTTP chunk per event", "official-iterator", 3),
    eventRow("P2", "P2", "same, handlers, skipAccumulation", "official-handlers", 4),
    eventRow("P2", "P2", "same, handlers, default", "official-accumulating", 4),
  ],
};

/** The same events in chunks of 64 KiB. */
export const p3: Benchmark = {
  id: "P3",
  measurements: [measureStream("P3", subjects, { ...bare, chunking: "64KiB" })],
  rows: [
    eventRow("P3", "P3", "bare frames, 64 KiB chunks", "official-iterator", 3.5),
    eventRow("P3", "P3", "same, handlers, skipAccumulation", "official-handlers"),
    eventRow("P3", "P3", "same, handlers, default", "official-accumulating"),
  ],
};
