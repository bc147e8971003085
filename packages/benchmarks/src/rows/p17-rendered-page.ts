import { samplePage, whyNoChromium } from "../page/sample-page.js";
import type { Benchmark } from "./benchmark.js";
import { compare } from "./compare.js";

/** A hundred thousand lines that a page shows, fed inside the page. */
export const p17: Benchmark = {
  id: "P17",
  obstacle: whyNoChromium,
  measurements: [
    {
      id: "P17",
      subjects: ["loop", "rxsandbox"],
      sample: (subject) => samplePage(subject === "loop" ? "loop" : "transcript"),
    },
  ],
  rows: [
    {
      ...compare("P17", "P17", "loop", "ms"),
      work: "100,000 lines into a page by transcript, against a loop that appends text nodes",
      unit: "ms",
      better: "lower",
      // At most 1.5 times the time.
      target: { atLeastTimes: 1 / 1.5 },
    },
    {
      ...compare("P17", "P17", "loop", "frameP95Ms"),
      work: "same, 95th percentile of the time between frames",
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 1 / 1.5 },
    },
  ],
};
