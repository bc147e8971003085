import type { ObservableInput } from "rxjs";
import { readFunction, readPositive, type Read } from "@rxsandbox/transport/calls";
import type { SandboxInfo } from "../info/sandbox-info.js";

/** How to wait until a sandbox is ready. */
export interface ReadyOptions<Subject = unknown> {
  /** Seconds, more than 0; 30 when absent. */
  readonly readyTimeoutSeconds?: number;
  /** Milliseconds between two probes; when absent a fifth of the time waited so far, between 20 ms and 4 s. */
  readonly healthCheckPollingInterval?: number;
  /**
   * Replaces the ping. Its first value decides; false, an error or no value within 10 s means "not yet". Called once
   * per probe.
   */
  readonly healthCheck?: (sandbox: Subject) => boolean | ObservableInput<boolean>;
}

/** The checks of these options. */
export const readyReads = {
  readyTimeoutSeconds: readPositive,
  healthCheckPollingInterval: readPositive,
  healthCheck: readFunction as Read<NonNullable<ReadyOptions<SandboxInfo>["healthCheck"]>>,
};
