import { InvalidArgumentError, type CreateOptions } from "@rxsandbox/client";
import {
  integerFrom,
  numberFrom,
  oneOf,
  readFlag,
  readFunction,
  readObject,
  readOptions,
  readPositive,
  textWhere,
  type Read,
} from "@rxsandbox/transport/calls";
import type { PoolOptions, ReleaseOptions } from "./pool.js";
import { createMemoryStore } from "./store/memory-store.js";
import type { PoolStore } from "./store/pool-store.js";

const MAX_TARGET = 100_000;
/** A server takes no shorter life at a create (`lifecycle.md` 2). */
const MIN_LIFE_SECONDS = 60;
const DEFAULT_LIFE_SECONDS = 600;

/** Pool options after validation, with their defaults. */
export interface ReadPoolOptions extends Required<Omit<PoolOptions, "prepare" | "check">> {
  readonly create: CreateOptions & { readonly timeoutSeconds: number };
  readonly prepare: PoolOptions["prepare"];
  readonly check: PoolOptions["check"];
  readonly store: PoolStore;
}

/** Copies pool options; throws `InvalidArgumentError` with the name of the wrong one. */
export function readPoolOptions(options: PoolOptions): ReadPoolOptions {
  const { prepare, check, ...given } = readOptions(
    options,
    {
      maxIdleSeconds: readPositive,
      prepare: readFunction as Read<NonNullable<PoolOptions["prepare"]>>,
      prepareTimeoutSeconds: readPositive,
      check: readFunction as Read<NonNullable<PoolOptions["check"]>>,
      onEmpty: oneOf("fail", "create", "wait"),
      acquireTimeoutSeconds: readPositive,
      maxConcurrentCreates: integerFrom(1, 1000),
      store: readStore,
    },
    { name: readName, target: readCount, create: readCreate },
  );
  return {
    maxIdleSeconds: 600,
    prepareTimeoutSeconds: 300,
    onEmpty: "wait",
    acquireTimeoutSeconds: 60,
    maxConcurrentCreates: 4,
    ...given,
    prepare,
    check,
    store: given.store ?? createMemoryStore(),
  };
}

/** Reads a number of idle sandboxes. */
export function readTarget(value: unknown): number {
  return readCount("target", value);
}

/** Reads the options of a release; false when it does not say that the sandbox is reused. */
export function readReuse(options: ReleaseOptions): boolean {
  return readOptions(options, { reuse: readFlag }).reuse ?? false;
}

const readCount = integerFrom(0, MAX_TARGET);
const readName = textWhere(
  (text) => /^[A-Za-z0-9._:-]{1,100}$/.test(text),
  "must be 1 to 100 letters, digits and ._:-",
);

/** The other options of a create are checked by the client when it creates the first sandbox. */
function readCreate(path: string, value: unknown): ReadPoolOptions["create"] {
  const { timeoutSeconds = DEFAULT_LIFE_SECONDS, ...create } = readObject(path, value);
  const at = `${path}.timeoutSeconds`;
  if (timeoutSeconds === null)
    throw new InvalidArgumentError(at, "must not be null: a sandbox that is lost would never end");
  return { ...create, timeoutSeconds: numberFrom(MIN_LIFE_SECONDS)(at, timeoutSeconds) };
}

function readStore(path: string, value: unknown): PoolStore {
  const store = readObject(path, value);
  if (typeof store["reconcile"] !== "function") throw new InvalidArgumentError(path, "must be a PoolStore");
  return value as PoolStore;
}
