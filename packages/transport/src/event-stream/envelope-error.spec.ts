import { describe, expect, it } from "vitest";
import { createRedactor } from "../redaction/redactor.js";
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
    expect(envelopeError({ code: "RUNTIME_ERROR", message })).toMatchObject({
      code,
      serverCode: "RUNTIME_ERROR",
      retryable: false,
    });
  });

  it("tells a busy code context, where nothing began, from a failure", () => {
    expect(envelopeError({ code: "RUNTIME_ERROR", message: "error running codes session is busy" })).toMatchObject({
      code: "invalid-state",
      serverCode: "RUNTIME_ERROR",
      retryable: true,
    });
  });

  it("says in the server's own words what failed, in one line", () => {
    const error = envelopeError({ code: "RUNTIME_ERROR", message: "error running in session.\ntimeout after 300ms" });
    expect(error.message).toBe("error running in session. timeout after 300ms [execution-timed-out]");
    expect(error.serverMessage).toBe("error running in session. timeout after 300ms");
    expect(envelopeError({ code: "X", message: "y".repeat(5000) }).message.length).toBeLessThan(350);
  });

  it("names the server's code where the server says nothing else", () => {
    expect(envelopeError({ code: "RUNTIME_ERROR", message: "" }).message).toBe(
      "the server reported a failure with RUNTIME_ERROR [execution-failed]",
    );
  });

  it("shows no secret, neither in message nor in body", () => {
    const error = envelopeError(
      { code: "RUNTIME_ERROR", message: "cannot log in with s3cret-value" },
      createRedactor(["s3cret-value"]),
    );
    expect(error).toMatchObject({
      serverMessage: "cannot log in with ***",
      body: { code: "RUNTIME_ERROR", message: "cannot log in with ***" },
    });
    expect(error.message).not.toContain("s3cret-value");
  });

  it("has no server code when the envelope has none", () => {
    expect(envelopeError({ code: "", message: "x" }).serverCode).toBeUndefined();
  });
});
