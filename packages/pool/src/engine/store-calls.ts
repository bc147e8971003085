import { SandboxError, isSandboxError } from "@rxsandbox/client";
import { startLongTimer } from "@rxsandbox/transport";
import type { PoolStore } from "../store/pool-store.js";

/** A store that does not answer for so long may or may not have done the step. */
const STORE_TIMEOUT_MS = 5_000;
const GIVE_UP_MS = 60_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** The steps of one pool's store, each bounded in time; they reject with a `SandboxError`. */
export type StoreCalls = {
  readonly [Call in "setTarget" | "reconcile" | "add" | "take" | "giveBack" | "leave"]: PoolStore[Call] extends (
    pool: string,
    request: infer Request,
  ) => infer Answer
    ? (request: Request) => Answer
    : never;
};

export function createStoreCalls(store: PoolStore, pool: string): StoreCalls {
  const call = <T>(work: () => Promise<T>): Promise<T> => bounded(work, `Ask the store of pool ${pool}`);
  return {
    setTarget: (target) => call(() => store.setTarget(pool, target)),
    reconcile: (request) => call(() => store.reconcile(pool, request)),
    add: (request) => call(() => store.add(pool, request)),
    take: (request) => call(() => store.take(pool, request)),
    giveBack: (hold) => call(() => store.giveBack(pool, hold)),
    leave: (request) => call(() => store.leave(pool, request)),
  };
}

/**
 * Makes a repeatable call until it has an answer, for at most a minute. `isDoubtful` says that an earlier try failed:
 * it may have been done, and what it made available may have been used since.
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  isStopped: () => boolean,
): Promise<{ readonly answer: T; readonly isDoubtful: boolean }> {
  const untilMs = performance.now() + GIVE_UP_MS;
  for (let tries = 0; ; tries += 1) {
    try {
      return { answer: await call(), isDoubtful: tries > 0 };
    } catch (error) {
      const waitMs = Math.min(FIRST_RETRY_MS * 2 ** tries, MAX_RETRY_MS);
      if (isStopped() || performance.now() + waitMs > untilMs) throw error;
      await new Promise<void>((resolve) => startLongTimer(waitMs, resolve));
    }
  }
}

function bounded<T>(work: () => Promise<T>, what: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const fail = (detail: string, cause?: unknown) =>
      reject(
        isSandboxError(cause) ? cause : new SandboxError("unavailable", { what, detail }, { cause, retryable: true }),
      );
    const cancel = startLongTimer(STORE_TIMEOUT_MS, () => fail(`no answer within ${STORE_TIMEOUT_MS / 1000} s`));
    // Deferred: a store that throws rejects too.
    Promise.resolve()
      .then(work)
      .then(resolve, (cause: unknown) => fail("the store failed", cause))
      .finally(cancel);
  });
}
