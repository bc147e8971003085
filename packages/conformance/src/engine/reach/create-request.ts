import type { LifecycleAddress } from "../../model/subject.js";

/** The label by which the sandboxes of a run are found again. */
export const RUN_LABEL = "rxsandbox-conformance";

/**
 * The body of a create request that a server must accept; `fields` replace the usual ones, metadata and variables are
 * added to them.
 */
export function createRequest(
  address: LifecycleAddress,
  runId: string,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const env = {
    ...address.env,
    ...address.secretEnv,
    ...(address.tailMs === undefined ? {} : { EXECD_API_GRACE_SHUTDOWN: `${address.tailMs}ms` }),
    ...(fields["env"] as Record<string, string> | undefined),
  };
  return {
    image: { uri: address.image },
    entrypoint: address.entrypoint ?? ["tail", "-f", "/dev/null"],
    resourceLimits: address.resourceLimits ?? {},
    timeout: 3600,
    ...fields,
    metadata: { ...(fields["metadata"] as Record<string, string> | undefined), [RUN_LABEL]: runId },
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}
