import { runInNewContext } from "node:vm";
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
    expect(error.message).toMatch(new RegExp(`^Get it \\(GET /x\\): .+ \\[${code}\\]$`));
    expect(error instanceof ProtocolError).toBe(code === "protocol");
  });

  const refused = createTransportFailure("connect", "m", {
    sent: false,
    cause: Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:80"), { code: "ECONNREFUSED" }),
  });

  it("names the address and the system's code, not its message", () => {
    expect(toSandboxError(refused, { ...context, address: "10.0.0.1" }).message).toBe(
      "Get it (GET /x): cannot connect to 10.0.0.1 (ECONNREFUSED) [network]",
    );
    expect(toSandboxError(refused, context).message).toBe(
      "Get it (GET /x): cannot connect to the server (ECONNREFUSED) [network]",
    );
  });

  it("reads the system's code of an error of another realm, as the platform's are in Jest, below other causes", () => {
    const foreign: unknown = runInNewContext(
      `new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) })`,
    );
    expect(foreign).not.toBeInstanceOf(Error);
    const failure = createTransportFailure("connect", "m", { sent: true, cause: foreign });
    expect(toSandboxError(failure, { ...context, address: "h:1" }).message).toBe(
      "Get it (GET /x): cannot connect to h:1 (ECONNREFUSED) [network]",
    );
  });

  it("knows a transport's failure of another realm, and is not misled by what is no failure", () => {
    const foreign: unknown = runInNewContext(
      `Object.assign(new Error("m"), { name: "TransportFailure", kind: "reset", sent: true })`,
    );
    expect(toSandboxError(foreign, context)).toMatchObject({ code: "network", retryable: true });
    for (const other of [undefined, null, "TransportFailure", { name: "TransportFailure" }])
      expect(toSandboxError(other, context)).toMatchObject({ retryable: false });
  });

  it.each([
    ["reset", "the connection to h:1 broke"],
    ["timeout", "no answer from h:1 within 2.5 s"],
    ["malformed", "the answer of h:1 is not valid HTTP"],
    ["redirect", "h:1 answered with a redirect, which is never followed"],
  ] as const)("names the address of a %s failure", (kind, detail) => {
    expect(
      toSandboxError(createTransportFailure(kind, "m", { sent: true }), { ...context, address: "h:1", timeoutMs: 2500 })
        .text.detail,
    ).toBe(detail);
  });

  it("recommends the proxy where a sandbox's own address cannot be connected to, and nowhere else", () => {
    const advice = (failure: Error, access?: "direct" | "proxy" | "signed") =>
      toSandboxError(failure, { ...context, access }).text.advice;
    expect(advice(refused, "direct")).toBe(
      'if sandboxes cannot be reached from here, create the client with access: "proxy"',
    );
    for (const other of [
      advice(refused),
      advice(refused, "proxy"),
      advice(refused, "signed"),
      advice(createTransportFailure("reset", "m", { sent: true }), "direct"),
    ])
      expect(other).toBeUndefined();
  });

  it("lets its own errors through and wraps anything else", () => {
    const own = new SandboxError("forbidden", "m");
    expect(toSandboxError(own, context)).toBe(own);
    expect(toSandboxError("odd", context)).toMatchObject({ code: "network", cause: "odd", retryable: false });
  });
});
