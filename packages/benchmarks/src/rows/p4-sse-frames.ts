import type { Benchmark } from "./benchmark.js";
import { eventRow } from "./compare.js";
import { measureStream } from "./measure-in-worker.js";

const subjects = ["official-iterator", "rxsandbox", "raw"] as const;
const sse = { kind: "stream", framing: "sse", blocks: 64 } as const;

/** A million output events as standard SSE. */
export const p4: Benchmark = {
  id: "P4",
  measurements: [
    measureStream("P4-frame", subjects, { ...sse, chunking: "frame" }),
    measureStream("P4-64KiB", subjects, { ...sse, chunking: "64KiB" }),
  ],
  rows: [
    eventRow("P4", "P4-frame", "standard SSE, one HTTP chunk per event", "official-iterator", 2.2),
    eventRow("P4", "P4-64KiB", "standard SSE, 64 KiB chunks", "official-iterator", 2.2),
  ],
};
