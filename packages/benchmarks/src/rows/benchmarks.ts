import type { Benchmark } from "./benchmark.js";
import { p1 } from "./p1-short-command.js";
import { p2, p3 } from "./p2-p3-bare-frames.js";
import { p4 } from "./p4-sse-frames.js";
import { p5 } from "./p5-large-event.js";
import { p6 } from "./p6-open-streams.js";
import { p7 } from "./p7-json-requests.js";
import { p8 } from "./p8-transfers.js";
import { p9 } from "./p9-readiness.js";
import { p10 } from "./p10-watchers.js";
import { p11 } from "./p11-flat-memory.js";
import { p12 } from "./p12-slow-consumer.js";
import { p13 } from "./p13-cold-import.js";
import { p14 } from "./p14-bulk-output.js";
import { p15 } from "./p15-daemon-requests.js";
import { p16 } from "./p16-segments.js";
import { p17 } from "./p17-rendered-page.js";

/** Every benchmark, in the order of `docs/performance.md`. */
export const benchmarks: readonly Benchmark[] = [
  p1,
  p2,
  p3,
  p4,
  p5,
  p6,
  p7,
  p8,
  p9,
  p10,
  p11,
  p12,
  p13,
  p14,
  p15,
  p16,
  p17,
];
