import { describe, expect, it } from "vitest";
import { ApiError, InvalidArgumentError, ProtocolError } from "../errors/errors.js";
import { SandboxError } from "../errors/sandbox-error.js";
import { createTransportFailure } from "../errors/transport-failure.js";
import { mayHaveBegun } from "./may-have-begun.js";

const unsent = createTransportFailure("connect", "refused", { sent: false });
const sent = createTransportFailure("reset", "broken", { sent: true });
const text = { detail: "failed" };

describe("mayHaveBegun", () => {
  it.each<[boolean, unknown]>([
    [true, new SandboxError("timeout", text)],
    [true, new SandboxError("network", text, { cause: sent })],
    [false, new SandboxError("network", text, { cause: unsent })],
    [false, new SandboxError("unsupported", text)],
    [false, new InvalidArgumentError("image", "is missing")],
    [true, new ProtocolError(text, { status: 202 })],
    [false, new ProtocolError(text, { status: 302 })],
    [false, new ApiError("unauthorized", text, { status: 401, serverCode: "INVALID_API_KEY" })],
    [false, new ApiError("invalid-request", text, { status: 422 })],
    [false, new ApiError("server-error", text, { status: 500, serverCode: "DOCKER::SANDBOX_START_FAILED" })],
    [true, new ApiError("server-error", text, { status: 502 })],
    [true, new ApiError("server-error", text, { status: 504 })],
    // Not an error of this library: nothing is known about the call.
    [true, new Error("foreign")],
  ])("is %s for %o", (expected, error) => {
    expect(mayHaveBegun(error)).toBe(expected);
  });
});
