import type { RuntimePlatform } from "./platform.js";

/** Browsers and other platforms without an environment. */
export const platform: RuntimePlatform = { readEnvironment: () => undefined, sendsUserAgent: false };
