import type { RuntimePlatform } from "./platform.js";

/** Node. */
export const platform: RuntimePlatform = {
  readEnvironment: (name) => process.env[name] || undefined,
  sendsUserAgent: true,
};
