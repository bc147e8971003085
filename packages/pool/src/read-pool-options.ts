import { InvalidArgumentError, type CreateOptions } from "@rxsandbox/client";
import type { PoolOptions } from "./pool.js";
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

const names: readonly string[] = [
  "name",
  "target",
  "create",
  "maxIdleSeconds",
  "prepare",
  "prepareTimeoutSeconds",
  "check",
  "onEmpty",
  "acquireTimeoutSeconds",
  "maxConcurrentCreates",
  "store",
] satisfies readonly (keyof PoolOptions)[];

/** Copies pool options; throws `InvalidArgumentError` with the name of the wrong one. */
export function readPoolOptions(options: PoolOptions): ReadPoolOptions {
  if (typeof options !== "object" || options === null) throw new InvalidArgumentError("options", "must be an object");
  for (const name of Object.keys(options))
    if (!names.includes(name)) throw new InvalidArgumentError(name, "is not a known option");
  const { name, create, onEmpty = "wait" } = options;
  if (typeof name !== "string" || !/^[A-Za-z0-9._:-]{1,100}$/.test(name))
    throw new InvalidArgumentError("name", "must be 1 to 100 letters, digits and ._:-");
  if (typeof create !== "object" || create === null) throw new InvalidArgumentError("create", "must be an object");
  if (create.timeoutSeconds === null)
    throw new InvalidArgumentError("create.timeoutSeconds", "must not be null: a sandbox that is lost would never end");
  if (onEmpty !== "fail" && onEmpty !== "create" && onEmpty !== "wait")
    throw new InvalidArgumentError("onEmpty", 'must be "fail", "create" or "wait"');
  return {
    name,
    target: readTarget(options.target),
    create: {
      ...create,
      timeoutSeconds: readSeconds(
        "create.timeoutSeconds",
        create.timeoutSeconds ?? DEFAULT_LIFE_SECONDS,
        MIN_LIFE_SECONDS,
      ),
    },
    maxIdleSeconds: readSeconds("maxIdleSeconds", options.maxIdleSeconds ?? 600),
    prepare: readFunction("prepare", options.prepare),
    prepareTimeoutSeconds: readSeconds("prepareTimeoutSeconds", options.prepareTimeoutSeconds ?? 300),
    check: readFunction("check", options.check),
    onEmpty,
    acquireTimeoutSeconds: readSeconds("acquireTimeoutSeconds", options.acquireTimeoutSeconds ?? 60),
    maxConcurrentCreates: readCount("maxConcurrentCreates", options.maxConcurrentCreates ?? 4, 1, 1000),
    store: readStore(options.store) ?? createMemoryStore(),
  };
}

/** Reads a number of idle sandboxes. */
export function readTarget(value: unknown): number {
  return readCount("target", value, 0, MAX_TARGET);
}

function readCount(path: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(path, `must be an integer from ${min} to ${max}`);
}

function readSeconds(path: string, value: unknown, min = 0): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0 && value >= min) return value;
  const range = min > 0 ? `${min} or more` : "more than 0";
  throw new InvalidArgumentError(path, `must be a finite number of seconds, ${range}`);
}

function readFunction<F>(path: string, value: F): F {
  if (value !== undefined && typeof value !== "function") throw new InvalidArgumentError(path, "must be a function");
  return value;
}

function readStore(value: PoolStore | undefined): PoolStore | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || typeof value.reconcile !== "function")
    throw new InvalidArgumentError("store", "must be a PoolStore");
  return value;
}
