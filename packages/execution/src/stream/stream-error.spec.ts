import { describe, expect, it } from "vitest";
import {
  ApiError,
  SandboxError,
  SandboxGoneError,
  StreamTruncatedError,
  createTransportFailure,
} from "@rxsandbox/transport";
import { streamError } from "./stream-error.js";

const call = { what: "Run it", method: "POST", path: "/x" } as const;
const reset = createTransportFailure("reset", "m", { sent: true });

describe("streamError", () => {
  it.each([
    ["command", { commandId: "i" }],
    ["session", { sessionId: "i" }],
    ["context", { contextId: "i" }],
    [undefined, { commandId: "i" }],
  ])("has the id of a %s as a field", (subject, field) => {
    const error = streamError(reset, { call, requestId: "r", id: "i", subject });
    expect(error).toMatchObject({ code: "network", requestId: "r", retryable: false, ...field });
    expect(Object.keys(error).filter((name) => /^(command|session|context)Id$/.test(name))).toEqual(Object.keys(field));
  });

  it("says that the outcome is unknown, also before the id came", () => {
    const message =
      "Run it (POST /x): the connection to the server broke; its outcome is unknown: running it again may do its work twice [network]";
    expect(streamError(reset, { call, requestId: "r", id: undefined }).message).toBe(message);
    expect(streamError(reset, { call, requestId: "r", id: "i", subject: "session" }).message).toBe(message);
  });

  it("does not say so where there was no connection", () => {
    const refused = createTransportFailure("connect", "m", { sent: true });
    expect(streamError(refused, { call, requestId: "r", id: undefined }).message).not.toContain("outcome");
  });

  it("leaves a refusal as it is", () => {
    const refusal = new ApiError("not-found", "m", { status: 404 });
    expect(streamError(refusal, { call, requestId: "r", id: undefined })).toBe(refusal);
  });

  it("keeps what the server said of a run that has begun", () => {
    const said = {
      status: 503,
      serverCode: "RUNTIME_ERROR",
      serverMessage: "m",
      body: { code: "RUNTIME_ERROR" },
      retryAfterSeconds: 30,
      attempts: 2,
    };
    const failure = new SandboxError("execution-failed", "m", said);
    expect(streamError(failure, { call, requestId: "r", id: "i" })).toMatchObject({ ...said, commandId: "i" });
  });

  it("keeps the class and what it knows", () => {
    const details = { commandId: undefined, events: 2, bytes: 30, lastEventType: "stdout" };
    const truncated = streamError(new StreamTruncatedError({ detail: "d" }, details), {
      call,
      requestId: "r",
      id: "i",
    });
    expect(truncated).toBeInstanceOf(StreamTruncatedError);
    expect(truncated).toMatchObject({ events: 2, bytes: 30, commandId: "i" });
    const gone = streamError(new SandboxGoneError({ detail: "d" }, { sandboxId: "s", state: "Failed" }), {
      call,
      requestId: "r",
      id: "i",
    });
    expect(gone).toBeInstanceOf(SandboxGoneError);
    expect(gone).toMatchObject({ sandboxId: "s", state: "Failed", commandId: "i" });
  });
});
