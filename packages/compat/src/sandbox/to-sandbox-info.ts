import type { SandboxInfo as ClientInfo } from "@rxsandbox/client";
import type { SandboxInfo } from "../models/lifecycle.js";

/** The info in the official shape: an entrypoint always, times of the status as text. */
export function toSandboxInfo({
  image,
  platform,
  entrypoint = [],
  metadata,
  extensions,
  status,
  ...rest
}: ClientInfo): SandboxInfo {
  const { lastTransitionAt, ...state } = status;
  return {
    ...rest,
    ...(image !== undefined && { image: { ...image } }),
    ...(platform !== undefined && { platform: { ...platform } as NonNullable<SandboxInfo["platform"]> }),
    entrypoint: [...entrypoint],
    metadata: { ...metadata },
    ...(extensions !== undefined && { extensions: { ...extensions } }),
    status: { ...state, ...(lastTransitionAt !== undefined && { lastTransitionAt: lastTransitionAt.toISOString() }) },
  };
}
