import assert from "node:assert/strict";

/** Resolves with what a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  assert.ok("error" in outcome, "expected a rejection");
  assert.ok(outcome.error instanceof Error, "expected an Error");
  return outcome.error;
}
