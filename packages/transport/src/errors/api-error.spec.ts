import { describe, expect, it } from "vitest";
import { createRedactor } from "../redaction/redactor.js";
import { apiError } from "./api-error.js";
import { ApiError } from "./errors.js";
import type { ErrorContext } from "./to-sandbox-error.js";

const context = { what: "Do it", method: "POST", path: "/x", requestId: "r", attempts: 2 };
const redactor = createRedactor(["s3cret-value"]);
const error = (
  status: number,
  body: unknown = "",
  headers: Record<string, string> = {},
  where: Partial<ErrorContext> = {},
) =>
  apiError(
    { status, headers, body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)) },
    { ...context, ...where },
    redactor,
  );

describe("apiError", () => {
  it.each([
    [401, { code: "MISSING_API_KEY", message: "m" }, "unauthorized", "MISSING_API_KEY", "m"],
    [
      401,
      { error: "Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN" },
      "unauthorized",
      undefined,
      "Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN",
    ],
    [401, "unauthorized\n", "unauthorized", undefined, "unauthorized"],
    [403, "forbidden\n", "forbidden", undefined, "forbidden"],
    [404, { detail: "Not Found" }, "not-found", undefined, "Not Found"],
    [404, { code: "FILE_NOT_FOUND", message: "file not found" }, "not-found", "FILE_NOT_FOUND", "file not found"],
    [
      404,
      { code: "INVALID_REQUEST_BODY", message: "command not found: nope" },
      "not-found",
      "INVALID_REQUEST_BODY",
      "command not found: nope",
    ],
    [
      400,
      { code: "INVALID_REQUEST_BODY", message: "command not found: nope" },
      "not-found",
      "INVALID_REQUEST_BODY",
      "command not found: nope",
    ],
    [
      400,
      { code: "INVALID_REQUEST_BODY", message: "error parsing request" },
      "invalid-request",
      "INVALID_REQUEST_BODY",
      "error parsing request",
    ],
    [400, { code: "SANDBOX::API_NOT_SUPPORTED", message: "m" }, "unsupported", "SANDBOX::API_NOT_SUPPORTED", "m"],
    [
      500,
      { code: "RUNTIME_ERROR", message: "error running in session. context not found" },
      "not-found",
      "RUNTIME_ERROR",
      "error running in session. context not found",
    ],
    [
      500,
      { code: "RUNTIME_ERROR", message: "error running codes unknown language: cobol" },
      "unsupported",
      "RUNTIME_ERROR",
      "error running codes unknown language: cobol",
    ],
    [
      500,
      { code: "RUNTIME_ERROR", message: "unsupported language context operation: sql" },
      "unsupported",
      "RUNTIME_ERROR",
      "unsupported language context operation: sql",
    ],
    [
      500,
      {
        code: "RUNTIME_ERROR",
        message: "error running codes language runtime server not configured, please check your image runtime",
      },
      "unsupported",
      "RUNTIME_ERROR",
      "error running codes language runtime server not configured, please check your image runtime",
    ],
    [
      500,
      { code: "RUNTIME_ERROR", message: "error interruptting code context. no such session" },
      "server-error",
      "RUNTIME_ERROR",
      "error interruptting code context. no such session",
    ],
    [409, { code: "DOCKER::SANDBOX_NOT_RUNNING", message: "m" }, "invalid-state", "DOCKER::SANDBOX_NOT_RUNNING", "m"],
    [409, { code: "DOCKER::SANDBOX_NOT_PAUSED", message: "m" }, "invalid-state", "DOCKER::SANDBOX_NOT_PAUSED", "m"],
    [409, { code: "KUBERNETES::INVALID_STATE", message: "m" }, "invalid-state", "KUBERNETES::INVALID_STATE", "m"],
    [
      409,
      { code: "SNAPSHOT::INVALID_SOURCE_STATE", message: "m" },
      "invalid-state",
      "SNAPSHOT::INVALID_SOURCE_STATE",
      "m",
    ],
    [409, { code: "SNAPSHOT::DELETE_CONFLICT", message: "m" }, "conflict", "SNAPSHOT::DELETE_CONFLICT", "m"],
    [
      409,
      "expectedRevision 1 does not match current revision 2\n",
      "conflict",
      undefined,
      "expectedRevision 1 does not match current revision 2",
    ],
    [
      412,
      "credential vault requires transparent mitmproxy\n",
      "unsupported",
      undefined,
      "credential vault requires transparent mitmproxy",
    ],
    [412, "credential proxy is not ready\n", "unavailable", undefined, "credential proxy is not ready"],
    [
      413,
      "egress rule total count 6 exceeds limit 5\n",
      "limit-exceeded",
      undefined,
      "egress rule total count 6 exceeds limit 5",
    ],
    [416, { code: "UNKNOWN" }, "limit-exceeded", "UNKNOWN", "the server answered with status 416"],
    [422, { detail: { code: "C", message: "m" } }, "invalid-request", "C", "m"],
    [426, "", "unsupported", undefined, "the server answered with status 426"],
    [429, "", "unavailable", undefined, "the server answered with status 429"],
    [501, { code: "SNAPSHOT::NOT_IMPLEMENTED", message: "m" }, "unsupported", "SNAPSHOT::NOT_IMPLEMENTED", "m"],
    [502, { error: { code: "BAD", message: "m" } }, "server-error", "BAD", "m"],
    [503, "", "unavailable", undefined, "the server answered with status 503"],
    [500, "<html><h1>s3cret-value</h1></html>", "server-error", undefined, "the server answered with status 500"],
    [500, '{"half":', "server-error", undefined, "the server answered with status 500"],
    [500, '{"code":"RUNTIME_ERROR","message":"m"}{"session_id":"s"}', "server-error", "RUNTIME_ERROR", "m"],
    [500, "", "server-error", undefined, "the server answered with status 500"],
    [599, "[1,2]", "server-error", undefined, "the server answered with status 599"],
  ] as const)("reads %i %j", (status, body, code, serverCode, detail) => {
    const found = error(status, body);
    expect(found).toBeInstanceOf(ApiError);
    expect(found).toMatchObject({ code, status, requestId: "r", attempts: 2 });
    expect(found.serverCode).toBe(serverCode);
    expect(found.message).toBe(`Do it (POST /x): ${detail} [${code}]`);
    expect(found.serverMessage).toBe(detail.endsWith(`status ${status}`) ? undefined : detail);
  });

  it("builds the message of a validation answer from place and problem only, and keeps nothing of the echoed request", () => {
    const found = error(422, {
      detail: [
        {
          type: "missing",
          loc: ["body", "image", "uri"],
          msg: "Field required",
          input: { env: { A: "hidden-1" } },
          ctx: { error: "hidden-2" },
          url: "hidden-3",
        },
        { type: "value_error", loc: ["body", "volumes", 0], msg: "Value error, s3cret-value", input: "hidden-4" },
      ],
    });
    expect(found.message).toBe(
      "Do it (POST /x): body.image.uri: Field required; body.volumes.0: Value error, *** [invalid-request]",
    );
    expect(JSON.stringify(found.body)).not.toMatch(/hidden|s3cret/);
    expect(found.body).toMatchObject({ detail: [{ loc: ["body", "image", "uri"], msg: "Field required" }, {}] });
  });

  it("redacts text bodies and keeps the body out of enumeration", () => {
    const found = error(500, "<html>s3cret-value</html>");
    expect(found.body).toBe("<html>***</html>");
    expect(JSON.stringify(found)).not.toContain("html");
  });

  it("shows nothing of a binary body", () => {
    expect(
      apiError({ status: 500, headers: {}, body: Uint8Array.of(1, 2, 255, 254) }, context, redactor),
    ).toMatchObject({
      message: "Do it (POST /x): the server answered with status 500 [server-error]",
      body: undefined,
    });
  });

  it("cuts a long message to one line", () => {
    const { message } = error(500, `a\nb\t ${"x".repeat(1000)}`);
    expect(message).toMatch(/: a b x+… \[server-error\]$/);
    expect(message.length).toBeLessThan(350);
  });

  it.each([
    ["seconds", { "retry-after": "30" }, 30],
    [
      "a date, by the clock of the answer",
      { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" },
      30,
    ],
  ])("keeps a Retry-After in %s", (_, headers, seconds) => {
    expect(error(429, "slow down", headers)).toMatchObject({
      retryAfterSeconds: seconds,
      message: `Do it (POST /x): slow down; try again in ${seconds} s [unavailable]`,
    });
  });

  it("has no such field without the header, or with one that cannot be read", () => {
    for (const headers of [{}, { "retry-after": "soon" }])
      expect("retryAfterSeconds" in error(429, "", headers)).toBe(false);
  });

  it("recommends direct access only where the server's proxy has no connection to the sandbox", () => {
    const body = { code: "GENERAL::UNKNOWN_ERROR", message: "Could not connect to the backend sandbox" };
    expect(error(502, body, {}, { access: "proxy" }).message).toContain(
      '; the server cannot reach the sandbox: if it runs and you can, create the client with access: "direct" [server-error]',
    );
    for (const where of [{}, { access: "direct" }, { access: "signed" }] as const)
      expect(error(502, body, {}, where).message).not.toContain("access:");
    expect(error(500, body, {}, { access: "proxy" }).message).not.toContain("access:");
  });

  it("tells whether a later call may succeed", () => {
    expect([503, 502, 429, 500, 404].map((status) => error(status).retryable)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
