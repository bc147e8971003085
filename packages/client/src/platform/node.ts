import { createUndiciTransport } from "@rxsandbox/transport-undici";
import type { Platform } from "./platform.js";

/** Node: undici, whose pool, proxies and certificate authorities a dispatcher brings along. */
export const platform: Platform = {
  readEnvironment: (name) => process.env[name] || undefined,
  createTransport: ({ dispatcher }) => createUndiciTransport(dispatcher === undefined ? {} : { dispatcher: dispatcher as NonNullable<NonNullable<Parameters<typeof createUndiciTransport>[0]>["dispatcher"]> }),
  defaultAccess: "direct",
};
