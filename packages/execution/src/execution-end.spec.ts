import { describe, expect, it } from "vitest";
import type { ErrorEvent, ExecutionCompleteEvent, RunFacts } from "@rxsandbox/protocol";
import { executionEnd } from "./execution-end.js";

const facts = (given: Partial<RunFacts>): RunFacts => ({
  kind: "command",
  source: "",
  reachedTimeout: false,
  ...given,
});
const killed: ErrorEvent = {
  type: "error",
  timestamp: 1,
  error: { name: "CommandExecError", value: "-1", traceback: ["signal: killed"] },
};
const raised: ErrorEvent = { type: "error", timestamp: 1, error: { name: "ValueError", value: "3", traceback: [] } };
const complete: ExecutionCompleteEvent = { type: "execution_complete", executionTimeMs: 1, timestamp: 1 };

describe("executionEnd", () => {
  it("reads what the run knows from the event, also from a copy of it", () => {
    const event = structuredClone({ ...killed, run: facts({ reachedTimeout: true }) });
    expect(executionEnd(event)).toEqual({ kind: "signalled", signal: "killed", probablyTimedOut: true });
  });

  it("takes a number in an error of code for text", () => {
    expect(executionEnd({ ...raised, run: facts({ kind: "code" }) })).toEqual({ kind: "failed", error: raised.error });
    expect(executionEnd({ ...complete, run: facts({ kind: "code" }) })).toEqual({ kind: "completed" });
  });

  it("takes an event without facts for one of a command", () => {
    expect(executionEnd(killed)).toMatchObject({ kind: "signalled", probablyTimedOut: false });
    expect(executionEnd(raised)).toEqual({ kind: "exited", exitCode: 3 });
    expect(executionEnd(complete)).toEqual({ kind: "exited", exitCode: 0 });
  });
});
