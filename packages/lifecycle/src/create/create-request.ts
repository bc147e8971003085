import { MIN_TIMEOUT_SECONDS, type WireCreateSandboxRequest, type WireImageSpec } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import {
  mapOf,
  nonEmptyListOf,
  objectOf,
  omitUndefined,
  oneOf,
  readFlag,
  readOptions,
  readString,
  readText,
} from "@rxsandbox/transport/calls";
import type { SandboxInfo } from "../info/sandbox-info.js";
import { readyReads, type ReadyOptions } from "../readiness/ready-options.js";
import type { CreateOptions } from "./create-options.js";
import { readLabels } from "./metadata.js";
import { readNetworkPolicy } from "./network-policy.js";
import { readVolumes } from "./volumes.js";

const DEFAULT_TIMEOUT_SECONDS = 600;
const DEFAULT_ENTRYPOINT = ["tail", "-f", "/dev/null"] as const;
const DEFAULT_RESOURCE = { cpu: "1", memory: "2Gi" } as const;

// Some registries take a token with an empty user name.
const readAuth = objectOf({}, { username: readString, password: readString });
const readImageSpec = objectOf({ auth: readAuth }, { uri: readText });
const readImage = (path: string, value: unknown): WireImageSpec =>
  typeof value === "string" ? { uri: readText(path, value) } : readImageSpec(path, value);

const createReads = {
  image: readImage,
  snapshotId: readText,
  timeoutSeconds: readTimeout,
  entrypoint: nonEmptyListOf(readString),
  env: mapOf(readString),
  metadata: readLabels,
  resource: mapOf(readString),
  resourceRequests: mapOf(readString),
  networkPolicy: readNetworkPolicy,
  volumes: readVolumes,
  extensions: mapOf(readString),
  platform: objectOf({}, { os: oneOf("linux", "windows"), arch: oneOf("amd64", "arm64") }),
  secureAccess: readFlag,
  credentialProxy: objectOf({}, { enabled: readFlag }),
  skipHealthCheck: readFlag,
  ...readyReads,
};

/** What a create asks for. */
export interface CreateCall {
  /** Without the create-id. */
  readonly request: WireCreateSandboxRequest;
  /** How to wait until the sandbox is ready. */
  readonly ready: ReadyOptions<SandboxInfo> | "skip";
}

/** Checks and copies create options; throws `InvalidArgumentError` on the first wrong one. */
export function readCreateOptions(options: CreateOptions<SandboxInfo>): CreateCall {
  const given = readOptions(options, createReads);
  const { image, snapshotId, extensions, networkPolicy, credentialProxy } = given;
  const isPooled = (extensions?.["poolRef"] ?? "").trim() !== "";
  if (image !== undefined && snapshotId !== undefined)
    throw new InvalidArgumentError("snapshotId", "excludes image: exactly one of the two");
  if (image === undefined && snapshotId === undefined && !isPooled)
    throw new InvalidArgumentError("image", "is missing: exactly one of image and snapshotId");
  if (snapshotId !== undefined && isPooled) throw new InvalidArgumentError("snapshotId", "excludes a pool");
  if (credentialProxy?.enabled === true && networkPolicy === undefined)
    throw new InvalidArgumentError("credentialProxy.enabled", "needs networkPolicy");

  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = given;
  const request = omitUndefined({
    image,
    snapshotId,
    entrypoint: given.entrypoint ?? (image === undefined ? undefined : DEFAULT_ENTRYPOINT),
    // Left out, it means "never expires" (`lifecycle.md` 2.1).
    timeout: timeoutSeconds ?? undefined,
    resourceLimits: given.resource ?? (isPooled ? undefined : DEFAULT_RESOURCE),
    resourceRequests: given.resourceRequests,
    env: given.env,
    metadata: given.metadata,
    networkPolicy,
    credentialProxy,
    secureAccess: given.secureAccess,
    platform: given.platform,
    volumes: given.volumes,
    extensions,
  });
  return { request, ready: given.skipHealthCheck === true ? "skip" : given };
}

function readTimeout(path: string, value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new InvalidArgumentError(path, "must be a finite number, or null for a sandbox that never expires");
  if (value < MIN_TIMEOUT_SECONDS)
    throw new InvalidArgumentError(
      path,
      `must be at least ${MIN_TIMEOUT_SECONDS}, or null for a sandbox that never expires`,
    );
  return Math.floor(value);
}
