import assert from "node:assert/strict";

/** Asks every 50 ms until the answer satisfies, for at most `timeoutMs`. */
export async function poll<T>(ask: () => Promise<T>, satisfies: (value: T) => boolean, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (satisfies(value)) return value;
    assert.ok(Date.now() < deadline, `still ${JSON.stringify(value)} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
