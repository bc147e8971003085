import type { Endpoint } from "@rxsandbox/transport";
import { losesRuns } from "../sessions/own-connection.js";

/** Milliseconds between two looks at a command. */
export interface FollowPace {
  readonly afterOutputMs: number;
  /** After the first, second, … look that found nothing; the last one repeats. */
  readonly quietMs: readonly number[];
}

/** A quiet look is two requests, for the log and for the status: two a second at most. */
const ROOT: FollowPace = { afterOutputMs: 100, quietMs: [100, 200, 500, 500, 750, 1000] };

/**
 * Each request leaves two descriptors in the daemon for ten minutes (`measured.md` 2.2): one every 2 s when it is
 * quiet.
 */
const OWN_PROXY: FollowPace = { afterOutputMs: 1000, quietMs: [1000, 2000, 4000] };

/** The pace of requests at an address. */
export function followPace(endpoint: Endpoint): FollowPace {
  return losesRuns(endpoint) ? OWN_PROXY : ROOT;
}

/**
 * How long to wait after so many looks in a row that found nothing; up to a quarter more, so that many followers do not
 * ask at once.
 */
export function followDelayMs({ afterOutputMs, quietMs }: FollowPace, quietLooks: number, random: number): number {
  const delayMs = quietLooks === 0 ? afterOutputMs : quietMs[Math.min(quietLooks, quietMs.length) - 1];
  return (delayMs ?? afterOutputMs) * (1 + random / 4);
}
