import { BLOCK_FRAMES } from "../server/event-frames.js";
import type { Benchmark } from "./benchmark.js";
import { compareRaw } from "./compare.js";
import { measureEvents } from "./measure-in-worker.js";

/** Events that arrive in a TCP segment each, as from a daemon that flushes every frame. */
export const p16: Benchmark = {
  id: "P16",
  measurements: [
    measureEvents("P16", ["official-iterator", "rxsandbox", "raw"], {
      command: { kind: "segments", everyUs: 50 },
      warmUp: { kind: "stream", framing: "bare", chunking: "frame", blocks: 16 },
      events: BLOCK_FRAMES + 2,
    }),
  ],
  rows: [
    {
      ...compareRaw("P16", "P16", "official-iterator", "cpuUsPerEvent"),
      work: "one TCP segment per event, 20,000 events/s: CPU per event",
      unit: "us",
      better: "lower",
      target: { atLeastTimes: 2 },
    },
  ],
};
