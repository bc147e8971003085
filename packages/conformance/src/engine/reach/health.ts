import { statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** Whether the subject still answers at all. */
export interface Health {
  /** Asks; resolves `false` only after three failures spread over 45 s. Concurrent questions share one answer. */
  isAlive(): Promise<boolean>;
}

const FAILURES = 3;
const SPREAD_MS = 45_000;

/** Makes the gate; `probe` sends one request that any living subject answers, `pause` waits. */
export function healthGate(probe: () => Promise<WireExchange>, pause: (ms: number) => Promise<void>): Health {
  let asking: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    for (let failures = 0; failures < FAILURES; failures++) {
      if (failures > 0) await pause(SPREAD_MS / (FAILURES - 1));
      const status = statusOf(await probe());
      if (status >= 200 && status < 500) return true;
    }
    return false;
  };
  return {
    isAlive: () =>
      (asking ??= ask().finally(() => {
        asking = undefined;
      })),
  };
}
