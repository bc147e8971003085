import type { CheckContext } from "../model/check-context.js";
import { type SeededRandom, seededRandom } from "../model/seeded-random.js";

/*
 * Ports inside a sandbox. Sandboxes may share the network of their host, so both ranges lie below the one from which
 * systems take the ports of outgoing connections (32768 on Linux), and neither meets the other.
 */

/** Ports that {@link ownService} gives, as they stand in recorded text. */
export const SERVICE_PORTS = /\b2\d{4}\b/g;

/** A service that a check starts inside a sandbox. */
export interface OwnService {
  readonly port: number;
  /** In every answer of this service, and of no other. */
  readonly nonce: string;
}

/** Port and nonce for a service of this check in this run: the same seed elsewhere on the host gives other ones. */
export function ownService({ runName, random }: CheckContext): OwnService {
  return { port: seededRandom(random.seed, runName).integer(20_000, 29_999), nonce: `${random.token()}-${runName}` };
}

/** A port on which nothing listens. */
export function closedPort(random: SeededRandom): number {
  return random.integer(10_000, 17_999);
}
