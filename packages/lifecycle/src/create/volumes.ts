import type { WireVolume } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import {
  listOf,
  objectOf,
  omitUndefined,
  oneOf,
  readFlag,
  readText,
  refuseDuplicates,
  textWhere,
  type Read,
} from "@rxsandbox/transport/calls";

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const absoluteHostPath = /^(?:\/|[A-Za-z]:[\\/])/;
const quantity = /^\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti|Pi|Ei)?$/;

const labelUpTo = (max: number): Read<string> =>
  textWhere(
    (text) => text.length <= max && dnsLabel.test(text),
    `must be at most ${max} lower-case letters, digits and inner hyphens`,
  );

const readHost = objectOf({}, { path: readHostPath });

const readPvc = objectOf(
  {
    createIfNotExists: readFlag,
    deleteOnSandboxTermination: readFlag,
    storageClass: readText,
    storage: textWhere((text) => quantity.test(text), "must be a quantity, for example 10Gi"),
    accessModes: listOf(readText),
  },
  { claimName: labelUpTo(253) },
);

const readOssfs = objectOf(
  {
    version: oneOf("1.0", "2.0"),
    options: listOf(textWhere((text) => !text.startsWith("-"), "must not begin with -")),
  },
  {
    bucket: textWhere((text) => text.length >= 3 && text.length <= 63, "must have 3 to 63 characters"),
    endpoint: readText,
    accessKeyId: readText,
    accessKeySecret: readText,
  },
);

const readFields = objectOf(
  {
    readOnly: readFlag,
    subPath: textWhere(
      (text) => !text.startsWith("/") && !text.split("/").includes(".."),
      "must be relative and without ..",
    ),
    host: unlessNull(readHost),
    pvc: unlessNull(readPvc),
    ossfs: unlessNull(readOssfs),
  },
  { name: labelUpTo(63), mountPath: textWhere((text) => text.startsWith("/"), "must begin with /") },
);

/** Copies the mounts after checking names, paths and that each has exactly one backend (`lifecycle.md` 2.3). */
export function readVolumes(path: string, value: unknown): readonly WireVolume[] {
  const volumes = listOf(readVolume)(path, value);
  refuseDuplicates(
    volumes,
    ({ name }) => name,
    (index) => `${path}[${index}].name`,
  );
  return volumes;
}

function readVolume(path: string, value: unknown): WireVolume {
  const volume = omitUndefined(readFields(path, value));
  const backends = (["host", "pvc", "ossfs"] as const).filter((backend) => volume[backend] !== undefined);
  if (backends.length !== 1) {
    const found = backends.length === 0 ? "none" : backends.join(" and ");
    throw new InvalidArgumentError(path, `needs exactly one of host, pvc and ossfs, but has ${found}`);
  }
  return volume;
}

function unlessNull<T>(read: Read<T>): Read<T | undefined> {
  return (path, value) => (value === null ? undefined : read(path, value));
}

function readHostPath(path: string, value: unknown): string {
  const hostPath = readText(path, value);
  if (!absoluteHostPath.test(hostPath))
    throw new InvalidArgumentError(path, "must be absolute: begin with / or a drive letter");
  const isRoot = hostPath === "/" || /^[A-Za-z]:[\\/]$/.test(hostPath);
  if (hostPath.split(/[\\/]/).includes("..") || hostPath.includes("//") || (!isRoot && /[\\/]$/.test(hostPath)))
    throw new InvalidArgumentError(path, "must not hold .., // or a trailing slash");
  return hostPath;
}
