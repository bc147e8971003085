import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join, normalize } from "node:path";
import type { SandboxVolume } from "../../drivers/sandbox-driver.js";
import { isWithin, SYSTEM_DIRECTORIES } from "../../drivers/namespace/visible-host-paths.js";
import { type HttpProblem, problem } from "../http/http-problem.js";
import { boolean, isBlank, oneOf, text } from "../requests/scalar-rules.js";
import { list, model, nullable } from "../requests/validation-rule.js";
import { makeDirectoryBelow } from "./make-directory-below.js";

/** Mount paths that would replace what a sandbox is made of. */
const RESERVED_MOUNT_PATHS = ["/dev", "/proc", "/sys", "/run/rxsandbox", "/.host", ...SYSTEM_DIRECTORIES];

const NAME_PATTERN = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

const hostRule = model({ path: { rule: text({ pattern: "^(/|[A-Za-z]:[\\\\/])" }), isRequired: true } });

const pvcRule = model({
  claimName: { rule: text({ maximum: 253, pattern: NAME_PATTERN }), isRequired: true },
  createIfNotExists: { rule: boolean() },
  deleteOnSandboxTermination: { rule: boolean() },
  storageClass: { rule: nullable(text()) },
  storage: { rule: nullable(text({ pattern: "^\\d+(\\.\\d+)?(Ki|Mi|Gi|Ti|Pi|Ei)?$" })) },
  accessModes: { rule: nullable(list(text())) },
});

const ossfsRule = model(
  {
    bucket: { rule: text({ minimum: 3, maximum: 63 }), isRequired: true },
    endpoint: { rule: text({ minimum: 1 }), isRequired: true },
    version: { rule: oneOf("1.0", "2.0") },
    options: { rule: nullable(list(text())) },
    accessKeyId: { rule: nullable(text()) },
    accessKeySecret: { rule: nullable(text()) },
  },
  (values) =>
    isBlank(values.accessKeyId) || isBlank(values.accessKeySecret)
      ? "OSSFS inline credentials are required: accessKeyId and accessKeySecret."
      : undefined,
);

/** One volume of a create request (`lifecycle.md` 2.3). */
export const volumeRule = model(
  {
    name: { rule: text({ maximum: 63, pattern: NAME_PATTERN }), isRequired: true },
    host: { rule: nullable(hostRule) },
    pvc: { rule: nullable(pvcRule) },
    ossfs: { rule: nullable(ossfsRule) },
    mountPath: { rule: text({ pattern: "^/.*" }), isRequired: true },
    readOnly: { rule: boolean() },
    subPath: { rule: nullable(text()) },
  },
  (values) => {
    const count = [values.host, values.pvc, values.ossfs].filter((backend) => backend !== undefined).length;
    if (count === 1) return undefined;
    return `Exactly one backend (host, pvc, ossfs) must be specified, but ${count === 0 ? "none was" : "multiple were"} provided.`;
  },
);

/** Fields of a volume and its backends that a 422 may echo; all others may be secrets. */
export const SHOWN_VOLUME_FIELDS: ReadonlySet<string> = new Set([
  ...["name", "mountPath", "readOnly", "subPath", "host", "pvc", "ossfs"],
  ...["path"],
  ...["claimName", "createIfNotExists", "deleteOnSandboxTermination", "storageClass", "storage", "accessModes"],
  ...["bucket", "endpoint", "version", "options"],
]);

/** A volume of a create request whose form is right. */
export type VolumeRequest = NonNullable<ReturnType<typeof volumeRule>>;

/** Where volumes come from. */
export interface VolumeSources {
  readonly allowedHostPaths: readonly string[];
  /** Directory that holds one directory per named volume. */
  readonly namedVolumes: string;
}

/** The volumes of one sandbox. */
export interface VolumePlan {
  readonly volumes: readonly SandboxVolume[];
  /** Directories of named volumes that this sandbox created and that go with it. */
  readonly removedWithSandbox: readonly string[];
}

/** Checks the volumes of a create request and makes their directories (`lifecycle.md` 2.3). */
export function planVolumes(requests: readonly VolumeRequest[], sources: VolumeSources): VolumePlan {
  const names = new Set<string>();
  for (const request of requests) {
    const name = request.name ?? "";
    if (names.has(name))
      throw refuse("DUPLICATE_NAME", `Duplicate volume name '${name}'. Each volume must have a unique name.`);
    names.add(name);
    checkSubPath(request.subPath);
    checkBackend(request, sources);
  }
  checkMountPaths(requests.map((request) => request.mountPath ?? ""));
  const removedWithSandbox: string[] = [];
  const volumes = requests.map((request) => {
    const source = openSource(request, sources, removedWithSandbox);
    return {
      name: request.name ?? "",
      hostPath: openSubPath(source, request.subPath ?? ""),
      mountPath: normalize(request.mountPath ?? "").replace(/(?<=.)\/$/, ""),
      readOnly: request.readOnly ?? false,
    };
  });
  return { volumes, removedWithSandbox };
}

function checkSubPath(subPath: string | undefined): void {
  if (subPath?.startsWith("/") === true)
    throw refuse("INVALID_SUB_PATH", `SubPath '${subPath}' must be a relative path, not absolute.`);
  if (subPath?.split("/").includes("..") === true) {
    throw refuse("INVALID_SUB_PATH", `SubPath '${subPath}' contains path traversal '..' which is not allowed.`);
  }
}

function checkBackend(request: VolumeRequest, sources: VolumeSources): void {
  for (const option of request.ossfs?.options ?? []) {
    if (option.trim() === "") throw refuse("INVALID_OSSFS_OPTION", "OSSFS options must be non-empty strings.");
    if (option.startsWith("-")) {
      throw refuse(
        "INVALID_OSSFS_OPTION",
        "OSSFS options must be raw option payloads without '-' prefix (e.g. 'allow_other', 'uid=1000').",
      );
    }
  }
  if (request.ossfs !== undefined)
    throw refuse("UNSUPPORTED_BACKEND", "This server has no object storage: backend 'ossfs' is not supported.");
  const path = request.host?.path;
  if (path === undefined) return;
  if (path.split("/").includes(".."))
    throw refuse("INVALID_HOST_PATH", `Host path '${path}' contains path traversal component '..'.`);
  if (path.includes("//") || (path.length > 1 && path.endsWith("/"))) {
    throw refuse("INVALID_HOST_PATH", `Host path '${path}' is not normalized. Remove redundant slashes.`);
  }
  if (!sources.allowedHostPaths.some((allowed) => isWithin(path, allowed))) throw notAllowed(path, sources);
}

/** What no kernel takes, and what breaks the lines of logs. */
const CONTROL = /\p{Cc}/u;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 1024;

/** Nested mounts would create directories through whatever links the outer volume holds. */
function checkMountPaths(paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    const isReserved = RESERVED_MOUNT_PATHS.some((reserved) => isWithin(path, reserved) || isWithin(reserved, path));
    const isNested = paths.some((other, at) => at !== index && isWithin(path, other));
    if (isReserved || isNested || normalize(path) !== path || path === "/") {
      throw refuse("INVALID_MOUNT_PATH", `Invalid mount path '${path}': it is reserved, nested or not normalized.`);
    }
    if (
      CONTROL.test(path) ||
      Buffer.byteLength(path) > MAX_PATH_BYTES ||
      path.split("/").some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
    ) {
      throw refuse(
        "INVALID_MOUNT_PATH",
        "Invalid mount path: use no control characters, at most 255 bytes per name and 1024 bytes in all.",
      );
    }
  }
}

function openSource(request: VolumeRequest, sources: VolumeSources, removedWithSandbox: string[]): string {
  const path = request.host?.path;
  if (path !== undefined) {
    const { allowedHostPaths } = sources;
    // One inside another is what a sandbox can replace: the outer one alone counts.
    const outermost = allowedHostPaths.filter(
      (allowed) => !allowedHostPaths.some((other) => other !== allowed && isWithin(allowed, other)),
    );
    const roots = outermost.map(makeDirectory);
    const real = orRefuse(path, () => makeDirectoryBelow(path, roots));
    if (real === undefined) throw notAllowed(path, sources);
    return real;
  }
  const claim = request.pvc?.claimName ?? "";
  const directory = join(sources.namedVolumes, claim);
  if (existsSync(directory)) return realpathSync(directory);
  if (request.pvc?.createIfNotExists === false) {
    throw refuse(
      "PVC_NOT_FOUND",
      `Volume '${request.name}': named volume '${claim}' does not exist. Named volumes must be created before sandbox creation.`,
    );
  }
  if (request.pvc?.deleteOnSandboxTermination === true) removedWithSandbox.push(directory);
  return makeDirectory(directory);
}

function openSubPath(source: string, subPath: string): string {
  const path = join(source, subPath);
  const real = orRefuse(path, () => makeDirectoryBelow(path, [source]));
  if (real === undefined) throw refuse("INVALID_SUB_PATH", `SubPath '${subPath}' points outside the volume.`);
  return real;
}

/** For directories that no sandbox can replace: it follows links. */
function makeDirectory(path: string): string {
  return orRefuse(path, () => {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  });
}

function orRefuse<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch {
    throw refuse("HOST_PATH_CREATE_FAILED", `Directory '${path}' cannot be created.`);
  }
}

function notAllowed(path: string, sources: VolumeSources): HttpProblem {
  const allowed = sources.allowedHostPaths.map((prefix) => `'${prefix}'`).join(", ");
  return refuse(
    "HOST_PATH_NOT_ALLOWED",
    `Host path '${path}' is not under any allowed prefix. Allowed prefixes: [${allowed}]`,
  );
}

function refuse(code: string, message: string): HttpProblem {
  return problem(400, `VOLUME::${code}`, message);
}
