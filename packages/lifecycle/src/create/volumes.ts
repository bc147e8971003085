import type { WireHostVolume, WireOssfsVolume, WirePvcVolume, WireVolume } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { readFlag, readList, readObject, readText } from "../argument.js";

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const absoluteHostPath = /^(?:\/|[A-Za-z]:[\\/])/;
const quantity = /^\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** Copies the mounts after checking names, paths and that each has exactly one backend (`lifecycle.md` 2.3). */
export function readVolumes(path: string, value: unknown): readonly WireVolume[] {
  const volumes = readList(path, value).map((entry, index) => readVolume(`${path}[${index}]`, entry));
  volumes.forEach((volume, index) => {
    if (volumes.findIndex((other) => other.name === volume.name) !== index)
      throw new InvalidArgumentError(`${path}[${index}].name`, `is used twice: ${volume.name}`);
  });
  return volumes;
}

function readVolume(path: string, value: unknown): WireVolume {
  const volume = readObject(path, value, ["name", "mountPath", "readOnly", "subPath", "host", "pvc", "ossfs"]);
  const name = readText(`${path}.name`, volume["name"]);
  if (name.length > 63 || !dnsLabel.test(name))
    throw new InvalidArgumentError(`${path}.name`, "must be at most 63 lower-case letters, digits and inner hyphens");
  const mountPath = readText(`${path}.mountPath`, volume["mountPath"]);
  if (!mountPath.startsWith("/")) throw new InvalidArgumentError(`${path}.mountPath`, "must begin with /");
  const readOnly = readFlag(`${path}.readOnly`, volume["readOnly"]);
  const subPath = volume["subPath"] === undefined ? undefined : readSubPath(`${path}.subPath`, volume["subPath"]);
  const backends = (["host", "pvc", "ossfs"] as const).filter(
    (backend) => volume[backend] !== undefined && volume[backend] !== null,
  );
  const [backend] = backends;
  if (backend === undefined)
    throw new InvalidArgumentError(path, "needs exactly one of host, pvc and ossfs, but has none");
  if (backends.length > 1)
    throw new InvalidArgumentError(path, `needs exactly one of host, pvc and ossfs, but has ${backends.join(" and ")}`);
  const common = {
    name,
    mountPath,
    ...(readOnly !== undefined && { readOnly }),
    ...(subPath !== undefined && { subPath }),
  };
  const source = volume[backend];
  switch (backend) {
    case "host":
      return { ...common, host: readHost(`${path}.host`, source) };
    case "pvc":
      return { ...common, pvc: readPvc(`${path}.pvc`, source) };
    case "ossfs":
      return { ...common, ossfs: readOssfs(`${path}.ossfs`, source) };
  }
}

function readSubPath(path: string, value: unknown): string {
  const subPath = readText(path, value);
  if (subPath.startsWith("/") || subPath.split("/").includes(".."))
    throw new InvalidArgumentError(path, "must be relative and without ..");
  return subPath;
}

function readHost(path: string, value: unknown): WireHostVolume {
  const hostPath = readText(`${path}.path`, readObject(path, value, ["path"])["path"]);
  if (!absoluteHostPath.test(hostPath))
    throw new InvalidArgumentError(`${path}.path`, "must be absolute: begin with / or a drive letter");
  const isRoot = hostPath === "/" || /^[A-Za-z]:[\\/]$/.test(hostPath);
  if (hostPath.split(/[\\/]/).includes("..") || hostPath.includes("//") || (!isRoot && /[\\/]$/.test(hostPath))) {
    throw new InvalidArgumentError(`${path}.path`, "must not hold .., // or a trailing slash");
  }
  return { path: hostPath };
}

function readPvc(path: string, value: unknown): WirePvcVolume {
  const pvc = readObject(path, value, [
    "claimName",
    "createIfNotExists",
    "deleteOnSandboxTermination",
    "storageClass",
    "storage",
    "accessModes",
  ]);
  const claimName = readText(`${path}.claimName`, pvc["claimName"]);
  if (claimName.length > 253 || !dnsLabel.test(claimName))
    throw new InvalidArgumentError(
      `${path}.claimName`,
      "must be at most 253 lower-case letters, digits and inner hyphens",
    );
  const createIfNotExists = readFlag(`${path}.createIfNotExists`, pvc["createIfNotExists"]);
  const deleteOnSandboxTermination = readFlag(`${path}.deleteOnSandboxTermination`, pvc["deleteOnSandboxTermination"]);
  const storage = pvc["storage"] === undefined ? undefined : readText(`${path}.storage`, pvc["storage"]);
  if (storage !== undefined && !quantity.test(storage))
    throw new InvalidArgumentError(`${path}.storage`, "must be a quantity, for example 10Gi");
  return {
    claimName,
    ...(createIfNotExists !== undefined && { createIfNotExists }),
    ...(deleteOnSandboxTermination !== undefined && { deleteOnSandboxTermination }),
    ...(pvc["storageClass"] !== undefined && { storageClass: readText(`${path}.storageClass`, pvc["storageClass"]) }),
    ...(storage !== undefined && { storage }),
    ...(pvc["accessModes"] !== undefined && {
      accessModes: readList(`${path}.accessModes`, pvc["accessModes"]).map((mode, index) =>
        readText(`${path}.accessModes[${index}]`, mode),
      ),
    }),
  };
}

function readOssfs(path: string, value: unknown): WireOssfsVolume {
  const ossfs = readObject(path, value, ["bucket", "endpoint", "accessKeyId", "accessKeySecret", "version", "options"]);
  const bucket = readText(`${path}.bucket`, ossfs["bucket"]);
  if (bucket.length < 3 || bucket.length > 63)
    throw new InvalidArgumentError(`${path}.bucket`, "must have 3 to 63 characters");
  const version = ossfs["version"];
  if (version !== undefined && version !== "1.0" && version !== "2.0")
    throw new InvalidArgumentError(`${path}.version`, `must be "1.0" or "2.0"`);
  return {
    bucket,
    endpoint: readText(`${path}.endpoint`, ossfs["endpoint"]),
    accessKeyId: readText(`${path}.accessKeyId`, ossfs["accessKeyId"]),
    accessKeySecret: readText(`${path}.accessKeySecret`, ossfs["accessKeySecret"]),
    ...(version !== undefined && { version }),
    ...(ossfs["options"] !== undefined && {
      options: readList(`${path}.options`, ossfs["options"]).map((option, index) =>
        readMountOption(`${path}.options[${index}]`, option),
      ),
    }),
  };
}

function readMountOption(path: string, value: unknown): string {
  const option = readText(path, value);
  if (option.startsWith("-")) throw new InvalidArgumentError(path, "must not begin with -");
  return option;
}
