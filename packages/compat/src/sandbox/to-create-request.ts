import { DEFAULT_ENTRYPOINT, DEFAULT_RESOURCE_LIMITS, DEFAULT_TIMEOUT_SECONDS } from "../constants.js";
import { InvalidArgumentException } from "../errors/exceptions.js";
import type { CreateSandboxRequest } from "../models/lifecycle.js";
import { checkCreate } from "./check-create.js";
import { knownOptions } from "./known-options.js";
import type { SandboxCreateOptions } from "./sandbox-options.js";

const copied = [
  "snapshotId",
  "resourceRequests",
  "credentialProxy",
  "volumes",
  "platform",
] as const satisfies readonly (keyof SandboxCreateOptions)[];

/**
 * The request that the lifecycle API gets, with the official defaults. Throws `InvalidArgumentException` with the
 * official messages.
 */
export function toCreateRequest(opts: SandboxCreateOptions): CreateSandboxRequest {
  checkCreate(opts);
  const { image, networkPolicy, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = opts;
  if (timeoutSeconds !== null && !Number.isFinite(timeoutSeconds)) {
    throw new InvalidArgumentException({ message: `timeoutSeconds must be a finite number, got ${timeoutSeconds}` });
  }
  return {
    ...(image != null && { image: typeof image === "string" ? { uri: image } : { ...image } }),
    ...knownOptions(opts, copied),
    entrypoint: opts.entrypoint ?? DEFAULT_ENTRYPOINT,
    resourceLimits: opts.resource ?? DEFAULT_RESOURCE_LIMITS,
    secureAccess: opts.secureAccess ?? false,
    env: opts.env ?? {},
    metadata: opts.metadata ?? {},
    extensions: opts.extensions ?? {},
    ...(networkPolicy != null && {
      networkPolicy: { ...networkPolicy, defaultAction: networkPolicy.defaultAction ?? "deny" },
    }),
    // Absent means that it never expires.
    ...(timeoutSeconds !== null && { timeout: Math.floor(timeoutSeconds) }),
  };
}
