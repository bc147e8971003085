import { InvalidArgumentException } from "../errors/exceptions.js";
import type { CreateSandboxRequest } from "../models/lifecycle.js";
import type { Volume } from "../models/volumes.js";

/** Throws `InvalidArgumentException` with the official messages. What they do not cover the client refuses by name. */
export function checkCreate({
  image,
  snapshotId,
  volumes,
}: Pick<CreateSandboxRequest, "snapshotId" | "volumes"> & { image?: unknown }): void {
  if ((image == null) === (snapshotId == null)) throw wrong("Exactly one of image or snapshotId must be provided");
  volumes?.forEach(checkVolume);
}

function checkVolume({ name, host, pvc, ossfs }: Volume): void {
  const backends = [host, pvc, ossfs].filter((backend) => backend != null).length;
  if (backends !== 1) {
    throw wrong(
      `Volume '${name}' must specify exactly one backend (host, pvc, ossfs), but ${backends === 0 ? "none was" : "multiple were"} provided.`,
    );
  }
  if (host != null && !/^(?:\/|[A-Za-z]:[\\/])/.test(host.path)) {
    throw wrong(
      "Host path must be an absolute path starting with '/' or a Windows drive letter (e.g. 'C:\\' or 'D:/')",
    );
  }
}

function wrong(message: string): InvalidArgumentException {
  return new InvalidArgumentException({ message });
}
