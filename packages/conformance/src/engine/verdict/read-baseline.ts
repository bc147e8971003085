import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "../../model/invalid-argument-error.js";
import type { Baseline } from "./baseline.js";

/**
 * Names of the baselines that ship with the suite: the recorded real server, and the embedded one in its default
 * profile.
 */
export const shippedBaselines = ["upstream@3bb6fad3", "reference"] as const;

/**
 * Reads a baseline by the name of one that ships, or by path. Throws {@link InvalidArgumentError} when it is not a
 * baseline.
 */
export function readBaseline(nameOrPath: string): Baseline {
  const isShipped = (shippedBaselines as readonly string[]).includes(nameOrPath);
  try {
    const text = readFileSync(
      isShipped ? new URL(`../../../baselines/${nameOrPath}.json`, import.meta.url) : nameOrPath,
      "utf8",
    );
    const baseline = JSON.parse(text) as Partial<Baseline>;
    const isWhole = (baseline.entries ?? []).every(
      ({ check, reason, occurs, why, expires }) =>
        [check, reason, why].every((value) => typeof value === "string" && value !== "") &&
        ["always", "sometimes"].includes(occurs) &&
        /^\d{4}-\d\d-\d\d$/.test(expires),
    );
    if (typeof baseline.name === "string" && Array.isArray(baseline.entries) && isWhole)
      return { implementation: "", ...baseline } as Baseline;
  } catch {
    // What cannot be read or parsed is no baseline; the error below says what was wanted.
  }
  throw new InvalidArgumentError(
    "baseline",
    `${shippedBaselines.join(", ")} or a baseline file, not ${JSON.stringify(nameOrPath)}`,
  );
}
