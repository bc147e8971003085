import { boolean, integer, oneOf, text } from "./scalar-rules.js";
import { list, map, model, nullable, type Rule } from "./validation-rule.js";

const NAME_PATTERN = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

const imageRule = model({
  uri: { rule: text(), isRequired: true },
  auth: {
    rule: nullable(
      model({ username: { rule: text(), isRequired: true }, password: { rule: text(), isRequired: true } }),
    ),
  },
});

const platformRule = model({ os: { rule: text(), isRequired: true }, arch: { rule: text(), isRequired: true } });

const networkPolicyRule = model({
  defaultAction: { rule: nullable(text()) },
  egress: {
    rule: nullable(
      list(
        model({ action: { rule: text(), isRequired: true }, target: { rule: text({ minimum: 1 }), isRequired: true } }),
      ),
    ),
  },
});

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

const volumeRule = model(
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

/** The body of `POST /v1/sandboxes` (`lifecycle.md` 2.1). */
export const createRequestRule = model(
  {
    image: { rule: nullable(imageRule) },
    snapshotId: { rule: nullable(text()) },
    platform: { rule: nullable(platformRule) },
    timeout: { rule: nullable(integer({ minimum: 60 })) },
    resourceLimits: { rule: nullable(map(text())) },
    env: { rule: nullable(map(nullable(text()))) },
    metadata: { rule: nullable(map(text())) },
    entrypoint: { rule: nullable(list(text(), { minimum: 1 })) },
    networkPolicy: { rule: nullable(networkPolicyRule) },
    credentialProxy: { rule: nullable(model({ enabled: { rule: boolean() } })) },
    secureAccess: { rule: boolean() },
    volumes: { rule: nullable(list(volumeRule)) },
    extensions: { rule: nullable(map(text())) },
  },
  (values) => {
    const hasSnapshot = !isBlank(values.snapshotId);
    const isProxied = values.credentialProxy?.enabled === true;
    if (!isBlank(values.extensions?.["poolRef"])) {
      if (hasSnapshot) return "snapshotId cannot be used together with poolRef.";
      return isProxied ? "credentialProxy.enabled cannot be used together with poolRef." : undefined;
    }
    if (isBlank(values.image?.uri) !== hasSnapshot) return "Exactly one of image or snapshotId must be provided.";
    if (!hasSnapshot && values.entrypoint === undefined) return "Entrypoint is required when image is provided.";
    if (values.resourceLimits === undefined) return "resourceLimits is required when poolRef is not provided.";
    return isProxied && values.networkPolicy === undefined
      ? "credentialProxy.enabled requires networkPolicy."
      : undefined;
  },
);

/** A create request whose form is right. */
export type CreateRequest = NonNullable<ReturnType<typeof createRequestRule>>;

/** A volume of a create request whose form is right. */
export type VolumeRequest = NonNullable<ReturnType<typeof volumeRule>>;

/** The body of `PATCH …/metadata`: null removes a key (`lifecycle.md` 4). */
export const metadataPatchRule: Rule<Record<string, string | typeof REMOVED>> = map((value, location, issues) =>
  value === null ? REMOVED : text()(value, location, issues),
);

/** Marks a key that a metadata patch removes. */
export const REMOVED: unique symbol = Symbol("removed");

/** Whether a text is absent, empty or white space. */
export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === "";
}
