import { describe, expect, it } from "vitest";
import { ProtocolError } from "./errors.js";
import { SandboxError } from "./sandbox-error.js";
import { toSandboxError } from "./to-sandbox-error.js";
import { createTransportFailure } from "./transport-failure.js";

const context = { what: "Get it", method: "GET", path: "/x", requestId: "r" };

describe("toSandboxError", () => {
  it.each([
    ["connect", "network", true],
    ["reset", "network", true],
    ["timeout", "timeout", true],
    ["redirect", "protocol", false],
    ["malformed", "protocol", false],
    ["too-large", "limit-exceeded", false],
    ["unsupported", "unsupported", false],
    ["closed", "closed", false],
  ] as const)("gives a %s failure the code %s", (kind, code, retryable) => {
    const failure = createTransportFailure(kind, "m", { sent: true });
    const error = toSandboxError(failure, context);
    expect(error).toMatchObject({ code, retryable, requestId: "r", cause: failure });
    expect(error.message).toMatch(new RegExp(`^Get it: GET /x \\[${code}\\]: `));
    expect(error instanceof ProtocolError).toBe(code === "protocol");
  });

  it("names the system's code, not its message", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:80"), { code: "ECONNREFUSED" });
    expect(toSandboxError(createTransportFailure("connect", "m", { sent: false, cause }), context).message).toBe("Get it: GET /x [network]: no connection (ECONNREFUSED)");
  });

  it("lets its own errors through and wraps anything else", () => {
    const own = new SandboxError("forbidden", "m");
    expect(toSandboxError(own, context)).toBe(own);
    expect(toSandboxError("odd", context)).toMatchObject({ code: "network", cause: "odd", retryable: false });
  });
});
