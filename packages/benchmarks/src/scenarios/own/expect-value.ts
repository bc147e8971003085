import assert from "node:assert/strict";
import { lastValueFrom, defer, type Observable } from "rxjs";

/** Runs work and compares its last value. Errors with the difference. */
export function expectValue<T>(work: Observable<T>, expected: T): Observable<T> {
  return defer(async () => {
    const value = await lastValueFrom(work);
    assert.deepEqual(value, expected);
    return value;
  });
}
