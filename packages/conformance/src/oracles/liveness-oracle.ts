import type { OracleFinding } from "./finding.js";

/** A daemon pings every 3 s (`execd.md` 2.2); two are forgiven. */
const quietMs = 7000;

/**
 * Judges whether a stream showed that it was alive: 7 seconds without any frame are a warning, since a client cannot
 * tell them from a dead peer (X04). The first ping has no fixed place. The time after the end of the execution is not
 * counted.
 *
 * @param arrivalsMs - when each frame arrived, up to the one that ends the execution
 * @param endedMs - when the stream ended, for one that has no such frame
 */
export function judgeLiveness(arrivalsMs: readonly number[], endedMs?: number): readonly OracleFinding[] {
  const times = endedMs === undefined ? arrivalsMs : [...arrivalsMs, endedMs];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const longest = Math.max(0, ...gaps);
  if (longest <= quietMs) return [];
  return [
    {
      clause: "X04",
      invariant: "ping",
      level: "SHOULD",
      expected: `a frame within ${quietMs} ms`,
      observed: `${Math.round(longest)} ms without one`,
      at: `frame ${gaps.indexOf(longest) + 1}`,
    },
  ];
}
