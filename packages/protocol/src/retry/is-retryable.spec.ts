import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRetryable } from "./is-retryable.js";

describe("isRetryable", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "get"])("repeats %s after a passing failure or a lost answer", (method) => {
    for (const status of [408, 425, 429, 502, 503, 504, undefined])
      expect(isRetryable({ method, status, sent: true })).toBe(true);
  });

  it.each(["POST", "PATCH", "BREW"])("never repeats %s once it may have left", (method) => {
    for (const status of [408, 425, 429, 500, 502, 503, 504, undefined])
      expect(isRetryable({ method, status, sent: true })).toBe(false);
  });

  it("repeats anything that provably never left", () => {
    for (const method of ["GET", "POST", "PATCH", "DELETE"]) expect(isRetryable({ method, sent: false })).toBe(true);
  });

  it("takes an answer for proof that the request left", () => {
    expect(isRetryable({ method: "POST", status: 503, sent: false })).toBe(false);
  });

  it.each([200, 204, 301, 400, 401, 403, 404, 409, 412, 413, 416, 422, 426, 500, 501])(
    "takes %i for a definite answer",
    (status) => {
      for (const method of ["GET", "PUT", "DELETE", "POST"])
        expect(isRetryable({ method, status, sent: true })).toBe(false);
    },
  );

  it("lets the caller overrule what the method says, in both directions", () => {
    expect(isRetryable({ method: "POST", status: 503, sent: true, idempotent: true })).toBe(true);
    expect(isRetryable({ method: "GET", status: 503, sent: true, idempotent: false })).toBe(false);
    expect(isRetryable({ method: "GET", sent: false, idempotent: false })).toBe(true);
  });

  it("for any attempt, repeats what may have been done only when doing it twice does no harm", () => {
    const methods = fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "CONNECT");
    fc.assert(
      fc.property(
        methods,
        fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
        fc.boolean(),
        (method, status, sent) => {
          const mayBeDone = sent || status !== undefined;
          if (isRetryable({ method, status, sent }) && mayBeDone)
            expect(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]).toContain(method);
          if (!mayBeDone) expect(isRetryable({ method, status, sent })).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
