import { describe, expect, it } from "vitest";
import type { Execution, ServerStreamEvent } from "../models/execution.js";
import { ExecutionEventDispatcher } from "./execution-event-dispatcher.js";

const events: readonly ServerStreamEvent[] = [
  { type: "init", text: "c", timestamp: 1 },
  { type: "ping", text: "pong", timestamp: 2 },
  { type: "stdout", text: "out", timestamp: 3 },
  { type: "stderr", timestamp: 4 },
  { type: "execution_count", execution_count: 7 },
  { type: "result", results: { "text/plain": "4", "text/html": "<b>4</b>" }, timestamp: 5 },
  { type: "error", error: { ename: "CommandExecError", evalue: "3", traceback: null }, timestamp: 6 },
  { type: "execution_complete", execution_time: 12, timestamp: 7 },
];

const emptyExecution = (): Execution => ({ logs: { stdout: [], stderr: [] }, result: [] });

describe("ExecutionEventDispatcher", () => {
  it("folds every event and tells its handler, the general one first", async () => {
    const execution = emptyExecution();
    const told: string[] = [];
    const tell = (name: string) => () => void told.push(name);
    const dispatcher = new ExecutionEventDispatcher(execution, {
      onEvent: (event) => void told.push(`event ${(event as ServerStreamEvent).type}`),
      onInit: tell("init"),
      onStdout: tell("stdout"),
      onStderr: tell("stderr"),
      onResult: tell("result"),
      onError: tell("error"),
      onExecutionComplete: tell("complete"),
    });
    for (const event of events) await dispatcher.dispatch(event);
    expect(execution).toEqual({
      id: "c",
      executionCount: 7,
      logs: {
        stdout: [{ text: "out", timestamp: 3, isError: false }],
        stderr: [{ text: "", timestamp: 4, isError: true }],
      },
      result: [{ text: "4", timestamp: 5, raw: { "text/plain": "4", "text/html": "<b>4</b>" } }],
      error: { name: "CommandExecError", value: "3", timestamp: 6, traceback: [] },
      complete: { timestamp: 7, executionTimeMs: 12 },
    });
    expect(told).toEqual([
      "event init",
      "init",
      "event ping",
      "event stdout",
      "stdout",
      "event stderr",
      "stderr",
      "event execution_count",
      "event result",
      "result",
      "event error",
      "error",
      "event execution_complete",
      "complete",
    ]);
  });

  it.each([{ text: "4" }, { textPlain: "4" }])("finds the plain text of a result in %j", async (results) => {
    const execution = emptyExecution();
    await new ExecutionEventDispatcher(execution).dispatch({ type: "result", results });
    expect(execution.result[0]?.text).toBe("4");
  });

  it("keeps no output when told so", async () => {
    const execution = emptyExecution();
    const seen: string[] = [];
    const dispatcher = new ExecutionEventDispatcher(execution, {
      skipAccumulation: true,
      onStdout: ({ text }) => void seen.push(text),
    });
    for (const event of events) await dispatcher.dispatch(event);
    expect(execution.logs).toEqual({ stdout: [], stderr: [] });
    expect(seen).toEqual(["out"]);
  });
});
