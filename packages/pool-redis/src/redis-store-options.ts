import { readFunction, readOptions, readText, textWhere } from "@rxsandbox/transport/calls";

/** How to reach Redis. */
export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** In front of each key, also of other programs' keys in the same database; `rxsandbox:pool:`. */
  readonly keyPrefix?: string;
  /** Milliseconds that replace the clock of Redis, for tests. */
  readonly nowMs?: () => number;
}

/** Redis store options after validation, with their defaults. */
export interface ReadRedisStoreOptions {
  readonly url: string;
  readonly keyPrefix: string;
  readonly nowMs: (() => number) | undefined;
}

// The address itself stays out of the message: it may hold a password.
const readUrl = textWhere(
  (text) => /^rediss?:\/\/[^\s]+$/.test(text) && URL.canParse(text),
  "must be a redis:// or rediss:// URL",
);

/** Copies the options; throws `InvalidArgumentError` with the name of the wrong one. */
export function readRedisStoreOptions(options: RedisStoreOptions): ReadRedisStoreOptions {
  const { url, keyPrefix, nowMs } = readOptions(
    options,
    { keyPrefix: readText, nowMs: readFunction },
    { url: readUrl },
  );
  return { url, keyPrefix: keyPrefix ?? "rxsandbox:pool:", nowMs: nowMs as (() => number) | undefined };
}
