/** What differs between platforms; one file behind `#platform` implements it. */
export interface RuntimePlatform {
  /** A variable of the environment; `undefined` when it is unset, empty, or there is no environment. */
  readEnvironment(
    name: "OPEN_SANDBOX_DOMAIN" | "OPEN_SANDBOX_API_KEY" | "OPENSANDBOX_DISABLE_METRICS",
  ): string | undefined;
  /** Whether a request may carry a `user-agent` of ours; in browsers it costs a preflight. */
  readonly sendsUserAgent: boolean;
}
