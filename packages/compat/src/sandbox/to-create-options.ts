import type { CreateOptions, Volume as ClientVolume } from "@rxsandbox/client";
import { InvalidArgumentException } from "../errors/exceptions.js";
import type { Volume } from "../models/volumes.js";
import { knownOptions } from "./known-options.js";
import type { SandboxCreateOptions } from "./sandbox-options.js";

const copied = [
  "image", "snapshotId", "entrypoint", "env", "metadata", "networkPolicy", "extensions", "platform", "secureAccess", "resource", "resourceRequests",
] as const satisfies readonly (keyof SandboxCreateOptions & keyof CreateOptions)[];

/** Options for the client. Throws `InvalidArgumentException` with the official messages; what they do not cover the client refuses by name. */
export function toCreateOptions(opts: SandboxCreateOptions): CreateOptions {
  if ((opts.image === undefined) === (opts.snapshotId === undefined)) throw wrong("Exactly one of image or snapshotId must be provided");
  const { timeoutSeconds, volumes, credentialProxy } = opts;
  if (timeoutSeconds != null && !Number.isFinite(timeoutSeconds)) throw wrong(`timeoutSeconds must be a finite number, got ${timeoutSeconds}`);
  return {
    ...knownOptions(opts, copied),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(volumes !== undefined && { volumes: volumes.map(toVolume) }),
    ...(credentialProxy !== undefined && { credentialProxy: { enabled: credentialProxy.enabled ?? false } }),
  };
}

function toVolume(volume: Volume): ClientVolume {
  const backends = [volume.host, volume.pvc, volume.ossfs].filter((backend) => backend != null).length;
  if (backends !== 1) {
    throw wrong(`Volume '${volume.name}' must specify exactly one backend (host, pvc, ossfs), but ${backends === 0 ? "none was" : "multiple were"} provided.`);
  }
  if (volume.host != null && !/^(?:\/|[A-Za-z]:[\\/])/.test(volume.host.path)) {
    throw wrong("Host path must be an absolute path starting with '/' or a Windows drive letter (e.g. 'C:\\' or 'D:/')");
  }
  return { ...volume, ...(volume.pvc != null && { pvc: withoutNulls(volume.pvc) }) } as ClientVolume;
}

/** `null` in an official volume claim means the cluster's default, which the wire says by absence. */
function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry != null)) as T;
}

function wrong(message: string): InvalidArgumentException {
  return new InvalidArgumentException({ message });
}
