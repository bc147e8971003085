import { describe, expect, it } from "vitest";
import type { CommandStatus } from "../commands/command-status.js";
import { endOfStatus } from "./end-of-status.js";

const status = (exitCode: number | null, error: string | null, seconds = 1): CommandStatus => ({
  id: "c",
  running: false,
  exitCode,
  error,
  startedAt: new Date(0),
  finishedAt: new Date(seconds * 1000),
  content: null,
});

describe("endOfStatus", () => {
  it.each([
    ["success", status(0, null), { kind: "exited", exitCode: 0 }],
    ["an exit code", status(3, "exit status 3"), { kind: "exited", exitCode: 3 }],
    ["255 of the command itself", status(255, "exit status 255"), { kind: "exited", exitCode: 255 }],
    [
      "a signal",
      status(-1, "signal: terminated"),
      { kind: "signalled", signal: "terminated", probablyTimedOut: false },
    ],
    [
      "no start",
      status(255, "fork/exec /x: no"),
      {
        kind: "failed",
        error: { name: "CommandExecError", value: "fork/exec /x: no", traceback: ["fork/exec /x: no"] },
      },
    ],
    [
      "no exit code",
      status(null, null),
      {
        kind: "failed",
        error: {
          name: "CommandExecError",
          value: "the daemon gives no exit code",
          traceback: ["the daemon gives no exit code"],
        },
      },
    ],
  ])("tells %s", (_, given, end) => {
    expect(endOfStatus(given, undefined)).toEqual(end);
  });

  it("tells a kill at the time limit from one before it", () => {
    expect(endOfStatus(status(-1, "signal: killed", 2), 2000)).toMatchObject({ probablyTimedOut: true });
    expect(endOfStatus(status(-1, "signal: killed", 1), 2000)).toMatchObject({ probablyTimedOut: false });
  });
});
