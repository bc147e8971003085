/** How the vault's writes wait. */
export interface EgressOptions {
  /** Milliseconds for which a vault write waits for the interception process; 30,000 when absent, 0 never waits. */
  readonly vaultReadyTimeoutMs?: number | undefined;
  /**
   * Milliseconds between the answer to a vault write and its emission; `VAULT_SETTLE_MS` when absent, 0 never waits.
   */
  readonly vaultSettleMs?: number | undefined;
}
