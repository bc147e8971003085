import {
  ApiError,
  InvalidArgumentError,
  ProtocolError,
  SandboxError,
  SandboxGoneError,
  StreamStalledError,
  StreamTruncatedError,
} from "@rxsandbox/client";
import { describe, expect, it } from "vitest";
import { exitCodeOfEnd, exitCodeOfError } from "./exit-code.js";

describe("exitCodeOfEnd", () => {
  it.each([
    [{ kind: "exited", exitCode: 0 }, 0],
    [{ kind: "exited", exitCode: 3 }, 3],
    [{ kind: "exited", exitCode: 255 }, 255],
    [{ kind: "exited", exitCode: -1 }, 255],
    [{ kind: "signalled", signal: "killed", probablyTimedOut: false }, 137],
    [{ kind: "signalled", signal: "terminated", probablyTimedOut: false }, 143],
    [{ kind: "signalled", signal: "interrupt", probablyTimedOut: false }, 130],
    [{ kind: "signalled", signal: "segmentation fault", probablyTimedOut: false }, 139],
    [{ kind: "signalled", signal: "SIGUSR1", probablyTimedOut: false }, 138],
    [{ kind: "signalled", signal: "of another world", probablyTimedOut: false }, 137],
    [{ kind: "failed", error: { name: "CommandExecError", value: "fork/exec", traceback: [] } }, 126],
    [{ kind: "completed" }, 0],
  ] as const)("gives for %j the code %i", (end, code) => {
    expect(exitCodeOfEnd(end)).toBe(code);
  });
});

describe("exitCodeOfError", () => {
  const details = { commandId: "c", events: 1, bytes: 10, lastEventType: "init" };

  it("is 74 where the outcome is unknown", () => {
    expect(exitCodeOfError(new StreamTruncatedError("Run command: the stream ended early", details))).toBe(74);
    expect(exitCodeOfError(new StreamStalledError("Run command: no byte came", details))).toBe(74);
    expect(exitCodeOfError(new ProtocolError("Run command: not JSON"))).toBe(74);
    expect(exitCodeOfError(new SandboxError("outcome-unknown", "Start command: no answer"))).toBe(74);
    expect(exitCodeOfError(new SandboxError("network", "Run command: connection reset"))).toBe(74);
    expect(
      exitCodeOfError(new SandboxGoneError("Run command: it was killed", { sandboxId: "s", state: undefined })),
    ).toBe(74);
  });

  it("is 64 for a wrong argument", () => {
    expect(exitCodeOfError(new InvalidArgumentError("command", "is blank"))).toBe(64);
  });

  it("is 125 for everything else", () => {
    expect(exitCodeOfError(new ApiError("not-found", "Connect: GET /v1/sandboxes/x [not-found]"))).toBe(125);
    expect(exitCodeOfError(new Error("unexpected"))).toBe(125);
    expect(exitCodeOfError("a string")).toBe(125);
  });
});
