import { InvalidArgumentError, createFetchTransport } from "@rxsandbox/transport";
import type { RuntimePlatform } from "./platform.js";

/** Browsers and other platforms with `fetch`. */
export const platform: RuntimePlatform = {
  readEnvironment: () => undefined,
  createTransport: ({ dispatcher }) => {
    if (dispatcher !== undefined) throw new InvalidArgumentError("dispatcher", "is for Node only");
    return createFetchTransport();
  },
  defaultAccess: "proxy",
};
