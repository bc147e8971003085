import type {
  ConnectOptions as BaseConnectOptions,
  CreateOptions as BaseCreateOptions,
  ReadyOptions as BaseReadyOptions,
} from "@rxsandbox/lifecycle";
import type { Sandbox } from "./sandbox.js";

/** What to create and how long to wait for it; a `healthCheck` gets the sandbox. */
export interface CreateOptions extends BaseCreateOptions<Sandbox> {}

/** How to attach to a sandbox that exists; a `healthCheck` gets the sandbox. */
export interface ConnectOptions extends BaseConnectOptions<Sandbox> {}

/** How to wait until a sandbox is ready; a `healthCheck` gets it. */
export interface ReadyOptions extends BaseReadyOptions<Sandbox> {}
