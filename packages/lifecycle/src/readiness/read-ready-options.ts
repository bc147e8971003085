import { InvalidArgumentError } from "@rxsandbox/transport";
import { readDuration } from "../argument.js";
import type { ReadyOptions } from "./ready-options.js";

/** Every option of waiting. */
export const readyOptionNames: readonly (keyof ReadyOptions)[] = [
  "readyTimeoutSeconds",
  "healthCheckPollingInterval",
  "healthCheck",
];

/** Copies the options of waiting, or throws with the name of the wrong one. */
export function readReadyOptions<Subject>(options: ReadyOptions<Subject>): ReadyOptions<Subject> {
  const { readyTimeoutSeconds, healthCheckPollingInterval, healthCheck } = options;
  if (healthCheck !== undefined && typeof healthCheck !== "function")
    throw new InvalidArgumentError("healthCheck", "must be a function");
  return {
    ...(readyTimeoutSeconds !== undefined && {
      readyTimeoutSeconds: readDuration("readyTimeoutSeconds", readyTimeoutSeconds),
    }),
    ...(healthCheckPollingInterval !== undefined && {
      healthCheckPollingInterval: readDuration("healthCheckPollingInterval", healthCheckPollingInterval),
    }),
    ...(healthCheck !== undefined && { healthCheck }),
  };
}
