import {
  MIN_TIMEOUT_SECONDS,
  type WireCreateSandboxRequest,
  type WireImageSpec,
  type WirePlatform,
} from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { readFlag, readList, readObject, readString, readText, readTextMap } from "../argument.js";
import { readyOptionNames } from "../readiness/read-ready-options.js";
import type { CreateOptions } from "./create-options.js";
import { readMetadata } from "./metadata.js";
import { readNetworkPolicy } from "./network-policy.js";
import { readVolumes } from "./volumes.js";

const DEFAULT_TIMEOUT_SECONDS = 600;
const DEFAULT_ENTRYPOINT = ["tail", "-f", "/dev/null"] as const;
const DEFAULT_RESOURCE = { cpu: "1", memory: "2Gi" } as const;

const optionNames: readonly (keyof CreateOptions)[] = [
  "image",
  "snapshotId",
  "timeoutSeconds",
  "entrypoint",
  "env",
  "metadata",
  "resource",
  "resourceRequests",
  "networkPolicy",
  "volumes",
  "extensions",
  "platform",
  "secureAccess",
  "credentialProxy",
  "skipHealthCheck",
  ...readyOptionNames,
];

/** Turns create options into the request body, a deep copy without the create-id; throws `InvalidArgumentError` on the first wrong one. */
export function createRequest(options: CreateOptions<never>): WireCreateSandboxRequest {
  const given = readObject("options", options, optionNames);
  const image = given["image"] === undefined ? undefined : readImage(given["image"]);
  const snapshotId = given["snapshotId"] === undefined ? undefined : readText("snapshotId", given["snapshotId"]);
  const extensions = readTextMap("extensions", given["extensions"]);
  const isPooled = (extensions?.["poolRef"] ?? "").trim() !== "";
  if (image !== undefined && snapshotId !== undefined)
    throw new InvalidArgumentError("snapshotId", "excludes image: exactly one of the two");
  if (image === undefined && snapshotId === undefined && !isPooled)
    throw new InvalidArgumentError("image", "is missing: exactly one of image and snapshotId");
  if (snapshotId !== undefined && isPooled) throw new InvalidArgumentError("snapshotId", "excludes a pool");

  const timeout = readTimeout(given["timeoutSeconds"]);
  const entrypoint = readEntrypoint(given["entrypoint"]) ?? (image === undefined ? undefined : DEFAULT_ENTRYPOINT);
  const resource = readTextMap("resource", given["resource"]) ?? (isPooled ? undefined : DEFAULT_RESOURCE);
  const env = readTextMap("env", given["env"]);
  const metadata =
    given["metadata"] === undefined
      ? undefined
      : (readMetadata("metadata", given["metadata"], "labels") as Readonly<Record<string, string>>);
  const resourceRequests = readTextMap("resourceRequests", given["resourceRequests"]);
  const networkPolicy =
    given["networkPolicy"] === undefined ? undefined : readNetworkPolicy("networkPolicy", given["networkPolicy"]);
  const volumes = given["volumes"] === undefined ? undefined : readVolumes("volumes", given["volumes"]);
  const platform = given["platform"] === undefined ? undefined : readPlatform(given["platform"]);
  const secureAccess = readFlag("secureAccess", given["secureAccess"]);
  const credentialProxy =
    given["credentialProxy"] === undefined ? undefined : readCredentialProxy(given["credentialProxy"]);
  if (credentialProxy?.enabled === true && networkPolicy === undefined)
    throw new InvalidArgumentError("credentialProxy.enabled", "needs networkPolicy");

  return {
    ...(image !== undefined && { image }),
    ...(snapshotId !== undefined && { snapshotId }),
    ...(entrypoint !== undefined && { entrypoint }),
    ...(timeout !== undefined && { timeout }),
    ...(resource !== undefined && { resourceLimits: resource }),
    ...(resourceRequests !== undefined && { resourceRequests }),
    ...(env !== undefined && { env }),
    ...(metadata !== undefined && { metadata }),
    ...(networkPolicy !== undefined && { networkPolicy }),
    ...(credentialProxy !== undefined && { credentialProxy }),
    ...(secureAccess !== undefined && { secureAccess }),
    ...(platform !== undefined && { platform }),
    ...(volumes !== undefined && { volumes }),
    ...(extensions !== undefined && { extensions }),
  };
}

function readImage(value: unknown): WireImageSpec {
  if (typeof value === "string") return { uri: readText("image", value) };
  const image = readObject("image", value, ["uri", "auth"]);
  const uri = readText("image.uri", image["uri"]);
  if (image["auth"] === undefined) return { uri };
  const auth = readObject("image.auth", image["auth"], ["username", "password"]);
  // Some registries take a token with an empty name.
  return {
    uri,
    auth: {
      username: readString("image.auth.username", auth["username"]),
      password: readString("image.auth.password", auth["password"]),
    },
  };
}

/** `null` is left out of the request: that is how the wire says "never expires" (`lifecycle.md` 2.1). */
function readTimeout(value: unknown): number | undefined {
  if (value === null) return undefined;
  if (value === undefined) return DEFAULT_TIMEOUT_SECONDS;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new InvalidArgumentError(
      "timeoutSeconds",
      "must be a finite number, or null for a sandbox that never expires",
    );
  if (value < MIN_TIMEOUT_SECONDS)
    throw new InvalidArgumentError(
      "timeoutSeconds",
      `must be at least ${MIN_TIMEOUT_SECONDS}, or null for a sandbox that never expires`,
    );
  return Math.floor(value);
}

function readEntrypoint(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const entrypoint = readList("entrypoint", value).map((part, index) => readString(`entrypoint[${index}]`, part));
  if (entrypoint.length === 0) throw new InvalidArgumentError("entrypoint", "must not be empty");
  return entrypoint;
}

function readPlatform(value: unknown): WirePlatform {
  const { os, arch } = readObject("platform", value, ["os", "arch"]);
  if (os !== "linux" && os !== "windows") throw new InvalidArgumentError("platform.os", `must be "linux" or "windows"`);
  if (arch !== "amd64" && arch !== "arm64")
    throw new InvalidArgumentError("platform.arch", `must be "amd64" or "arm64"`);
  return { os, arch };
}

function readCredentialProxy(value: unknown): { readonly enabled: boolean } {
  const enabled = readFlag("credentialProxy.enabled", readObject("credentialProxy", value, ["enabled"])["enabled"]);
  if (enabled === undefined) throw new InvalidArgumentError("credentialProxy.enabled", "must be true or false");
  return { enabled };
}
