import type { Platform } from "./platform.js";

/** Node. */
export const platform: Platform = { readEnvironment: (name) => process.env[name] || undefined, sendsUserAgent: true };
