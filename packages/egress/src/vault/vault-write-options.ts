import { VAULT_SETTLE_MS } from "@rxsandbox/protocol";
import { readNonNegative, readOptions } from "@rxsandbox/transport/calls";

/** How one write of a credential vault behaves. */
export interface VaultWriteOptions {
  /**
   * Milliseconds between the sidecar's answer and the emission; that of the client, `VAULT_SETTLE_MS` (500), when
   * absent. With 0 the write emits at once, and requests of the sandbox may carry the old credentials for up to 500 ms
   * more.
   */
  readonly settleMs?: number;
}

/** Reads the time that a write waits after its answer, or throws. */
export function readSettleMs(options: VaultWriteOptions, clientSettleMs: number = VAULT_SETTLE_MS): number {
  return readOptions(options, { settleMs: readNonNegative }).settleMs ?? clientSettleMs;
}
