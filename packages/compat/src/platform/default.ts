import type { Platform } from "./platform.js";

/** Browsers and other platforms without an environment. */
export const platform: Platform = { readEnvironment: () => undefined, sendsUserAgent: false };
