import type { ActiveVault } from "./vault-store.js";

/** What the interception reads the vault through. */
export interface CachedVaultOptions {
  readonly load: () => ActiveVault | undefined;
  /** Milliseconds for which a vault that was read is used again; 0 reads it for each request. */
  readonly cacheMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Reads the vault as the interception of a real sidecar does: one that was there is used for `cacheMs` more, whatever
 * has changed since, and one that was not there is looked for with each request (`egress.md` 4.8, `divergences.md`
 * G28).
 */
export function cachedVault({ load, cacheMs, now }: CachedVaultOptions): () => ActiveVault | undefined {
  let cached: ActiveVault | undefined;
  let loadedAtMs = 0;
  return () => {
    const nowMs = now();
    if (cached === undefined || nowMs - loadedAtMs >= cacheMs) {
      cached = load();
      loadedAtMs = nowMs;
    }
    return cached;
  };
}
