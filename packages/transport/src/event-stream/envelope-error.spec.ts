import { describe, expect, it } from "vitest";
import { envelopeError } from "./envelope-error.js";

describe("envelopeError", () => {
  it.each([
    ["error running in session. timeout after 300ms", "execution-timed-out"],
    ["execution timed out", "execution-timed-out"],
    ["context deadline exceeded", "execution-timed-out"],
    ["request time-out", "execution-timed-out"],
    ["error running in session. read stdout: bufio.Scanner: token too long", "execution-failed"],
    ["invalid option timeoutSeconds", "execution-failed"],
    ["", "execution-failed"],
  ])("reads %j as %s", (message, code) => {
    expect(envelopeError({ code: "RUNTIME_ERROR", message })).toMatchObject({ code, serverCode: "RUNTIME_ERROR", retryable: false });
  });

  it("tells a busy code context, where nothing began, from a failure", () => {
    expect(envelopeError({ code: "RUNTIME_ERROR", message: "error running codes session is busy" })).toMatchObject({ code: "invalid-state", serverCode: "RUNTIME_ERROR", retryable: true });
  });

  it("keeps the server's text out of message and logs, but at hand", () => {
    const error = envelopeError({ code: "RUNTIME_ERROR", message: "cannot read /home/user/secret" });
    expect(error.message).not.toContain("secret");
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(error.body).toEqual({ code: "RUNTIME_ERROR", message: "cannot read /home/user/secret" });
  });

  it("has no server code when the envelope has none", () => {
    expect(envelopeError({ code: "", message: "x" }).serverCode).toBeUndefined();
  });
});
