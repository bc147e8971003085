import type { IsolatedSessionOptions } from "@rxsandbox/client";
import type { CreateIsolatedSessionRequest } from "../models/isolation.js";

/** The names of the client for those of the wire. */
export function toIsolationOptions(request: CreateIsolatedSessionRequest): IsolatedSessionOptions {
  const {
    workspace,
    profile,
    extra_writable,
    binds,
    share_net,
    env_passthrough,
    uid,
    gid,
    uid_mode,
    idle_timeout_seconds,
  } = request;
  return {
    workspace,
    ...(profile !== undefined && { profile }),
    ...(extra_writable !== undefined && { extraWritable: extra_writable }),
    ...(binds !== undefined && {
      binds: binds.map(({ source, dest, readonly }) => ({
        source,
        ...(dest !== undefined && { destination: dest }),
        ...(readonly !== undefined && { readOnly: readonly }),
      })),
    }),
    ...(share_net !== undefined && { shareNetwork: share_net }),
    ...(env_passthrough !== undefined && { environmentPassthrough: env_passthrough }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(uid_mode !== undefined && { uidMode: uid_mode }),
    ...(idle_timeout_seconds !== undefined && { idleTimeoutSeconds: idle_timeout_seconds }),
  };
}
