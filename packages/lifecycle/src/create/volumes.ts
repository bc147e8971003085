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

/** A directory of the host; must lie under a path that the server allows. */
export interface HostVolume {
  /** Absolute: begins with `/` or a drive letter; no `..`, no `//`, no trailing slash. */
  readonly path: string;
}

/** A persistent volume claim, or a named volume where the runtime is Docker. */
export interface PvcVolume {
  readonly claimName: string;
  /** True when absent. */
  readonly createIfNotExists?: boolean;
  /** False when absent. */
  readonly deleteOnSandboxTermination?: boolean;
  readonly storageClass?: string;
  /** For example `10Gi`. */
  readonly storage?: string;
  readonly accessModes?: readonly string[];
}

/** An object storage bucket. */
export interface OssfsVolume {
  readonly bucket: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** `2.0` when absent. */
  readonly version?: "1.0" | "2.0";
  /** Not empty and without a leading `-`. */
  readonly options?: readonly string[];
}

/** One mount; exactly one of `host`, `pvc` and `ossfs` (`lifecycle.md` 2.3). `null` counts as absent. */
export interface Volume {
  /** Lower-case letters, digits and inner hyphens, at most 63; unique within the list. */
  readonly name: string;
  /** Absolute path inside the sandbox. */
  readonly mountPath: string;
  /** False when absent. */
  readonly readOnly?: boolean;
  /** Relative, without `..`; for `ossfs` the prefix within the bucket. */
  readonly subPath?: string;
  readonly host?: HostVolume | null;
  readonly pvc?: PvcVolume | null;
  readonly ossfs?: OssfsVolume | null;
}

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

/**
 * The backends of a volume. `shown` names the fields that may stand in logs and errors; every other text of a backend
 * is redacted.
 */
const backends = {
  host: { read: readHost, shown: ["path"] },
  pvc: { read: readPvc, shown: ["claimName", "storageClass", "storage", "accessModes"] },
  ossfs: { read: readOssfs, shown: ["bucket", "endpoint", "version", "options"] },
} as const;
const backendNames = Object.keys(backends) as readonly (keyof typeof backends)[];

const readFields = objectOf(
  {
    readOnly: readFlag,
    subPath: textWhere(
      (text) => !text.startsWith("/") && !text.split("/").includes(".."),
      "must be relative and without ..",
    ),
    host: unlessNull(backends.host.read),
    pvc: unlessNull(backends.pvc.read),
    ossfs: unlessNull(backends.ossfs.read),
  },
  { name: labelUpTo(63), mountPath: textWhere((text) => text.startsWith("/"), "must begin with /") },
);

/** Copies the mounts after checking names, paths and that each has exactly one backend (`lifecycle.md` 2.3). */
export function readVolumes(path: string, value: unknown): readonly Volume[] {
  const volumes = listOf(readVolume)(path, value);
  refuseDuplicates(
    volumes,
    ({ name }) => name,
    (index) => `${path}[${index}].name`,
  );
  return volumes;
}

/** The texts of the backends that must be redacted: all whose field is not declared as shown. */
export function* secretsOfVolumes(volumes: readonly Volume[]): Generator<string> {
  for (const volume of volumes) {
    for (const name of backendNames) {
      const shown: readonly string[] = backends[name].shown;
      for (const [field, value] of Object.entries(volume[name] ?? {})) {
        if (!shown.includes(field)) yield* [value as unknown].flat().filter((part) => typeof part === "string");
      }
    }
  }
}

function readVolume(path: string, value: unknown): Volume {
  const volume = omitUndefined(readFields(path, value));
  const given = backendNames.filter((name) => volume[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : given.join(" and ");
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
