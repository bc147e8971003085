import { createUndiciTransport, type UndiciTransportOptions } from "@rxsandbox/transport-undici";
import type { RuntimePlatform } from "./platform.js";

/** Node: undici, whose pool, proxies and certificate authorities a dispatcher brings along. */
export const platform: RuntimePlatform = {
  readEnvironment: (name) => process.env[name] || undefined,
  createTransport: ({ dispatcher }) =>
    createUndiciTransport(
      dispatcher === undefined ? {} : { dispatcher: dispatcher as NonNullable<UndiciTransportOptions["dispatcher"]> },
    ),
  defaultAccess: "direct",
};
