import type { CreateOptions, Volume as ClientVolume } from "@rxsandbox/client";
import type { CreateSandboxRequest } from "../models/lifecycle.js";
import type { Volume } from "../models/volumes.js";
import { checkCreate } from "./check-create.js";
import { knownOptions } from "./known-options.js";

const copied = [
  "image",
  "snapshotId",
  "entrypoint",
  "env",
  "metadata",
  "networkPolicy",
  "extensions",
  "platform",
  "secureAccess",
  "resourceRequests",
] as const satisfies readonly (keyof CreateOptions)[];

/**
 * Options for the client; an absent `timeout` means that the sandbox never expires. Throws `InvalidArgumentException`
 * as {@link checkCreate} does.
 */
export function toCreateOptions(request: CreateSandboxRequest): CreateOptions {
  checkCreate(request);
  const { timeout, resourceLimits, volumes, credentialProxy } = request;
  return {
    ...(knownOptions(request, copied) as Pick<CreateOptions, (typeof copied)[number]>),
    ...(resourceLimits !== undefined && { resource: resourceLimits }),
    timeoutSeconds: timeout ?? null,
    ...(volumes !== undefined && { volumes: volumes.map(toVolume) }),
    ...(credentialProxy !== undefined && { credentialProxy: { enabled: credentialProxy.enabled ?? false } }),
  };
}

function toVolume(volume: Volume): ClientVolume {
  return { ...volume, ...(volume.pvc != null && { pvc: withoutNulls(volume.pvc) }) } as ClientVolume;
}

/** `null` in an official volume claim means the cluster's default, which the wire says by absence. */
function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry != null)) as T;
}
