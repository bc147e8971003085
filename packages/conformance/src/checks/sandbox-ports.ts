import type { SeededRandom } from "../runner/seeded-random.js";

/*
 * Ports inside a sandbox. Sandboxes may share the network of their host, so both ranges lie below the one from which
 * systems take the ports of outgoing connections (32768 on Linux), and neither meets the other.
 */

/** A port for a service that a check starts. */
export function servicePort(random: SeededRandom): number {
  return random.integer(20_000, 29_999);
}

/** A port on which nothing listens. */
export function closedPort(random: SeededRandom): number {
  return random.integer(10_000, 17_999);
}
