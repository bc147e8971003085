import type { ObservableInput } from "rxjs";

/** How to wait until a sandbox is ready. */
export interface ReadyOptions<Subject = unknown> {
  /** Seconds, more than 0; 30 when absent. */
  readonly readyTimeoutSeconds?: number;
  /** Milliseconds between two probes; when absent a fifth of the time waited so far, between 20 ms and 4 s. */
  readonly healthCheckPollingInterval?: number;
  /**
   * Replaces the ping. Its first value decides; false, an error or no value within 10 s means "not yet". Called once per probe.
   */
  readonly healthCheck?: (sandbox: Subject) => boolean | ObservableInput<boolean>;
}
