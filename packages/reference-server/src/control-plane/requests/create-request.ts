import { volumeRule } from "../lifecycle/volume-plan.js";
import { boolean, integer, isBlank, text } from "./scalar-rules.js";
import { list, map, model, nullable, type Rule } from "./validation-rule.js";

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

/** The body of `PATCH …/metadata`: null removes a key (`lifecycle.md` 4). */
export const metadataPatchRule: Rule<Record<string, string | typeof REMOVED>> = map((value, location, issues) =>
  value === null ? REMOVED : text()(value, location, issues),
);

/** Marks a key that a metadata patch removes. */
export const REMOVED: unique symbol = Symbol("removed");
