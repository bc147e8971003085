import { describe, expect, it } from "vitest";
import { fromWireEvent } from "./from-wire-event.js";
import { toWireEvent } from "./to-wire-event.js";

const recorded = [
  '{"type":"init","text":"097d65baa22699a9fa65084fe22bcfa2","timestamp":1767225600000}',
  '{"type":"ping","text":"pong","timestamp":1767225600001}',
  '{"type":"stdout","text":"hi","timestamp":1767225600003}',
  '{"type":"stderr","text":"\\n","timestamp":1767225600003}',
  '{"type":"status","text":"error","timestamp":1}',
  '{"type":"execution_count","execution_count":1,"timestamp":1}',
  '{"type":"execution_complete","execution_time":2,"timestamp":1767225600004}',
  '{"type":"execution_complete","timestamp":1767225600004}',
  '{"type":"result","timestamp":1,"results":{"text":"4","text/html":"<b>4</b>"}}',
  '{"type":"error","timestamp":1,"error":{"ename":"CommandExecError","evalue":"3","traceback":["exit status 3"]}}',
  '{"type":"error","timestamp":1,"error":{"ename":"DBInitError","evalue":"dial tcp: connection refused","traceback":null}}',
  '{"type":"novel","x":[1,2],"timestamp":1}',
];

describe("toWireEvent", () => {
  it.each(recorded)("gives back the frame %s with its keys in the daemon's order", (frame) => {
    expect(JSON.stringify(toWireEvent(fromWireEvent(JSON.parse(frame) as Record<string, unknown>, "line")))).toBe(
      frame,
    );
  });

  it("leaves out empty and zero fields", () => {
    expect(toWireEvent({ type: "stdout", text: "", unit: "line", timestamp: 0 })).toEqual({ type: "stdout" });
    expect(toWireEvent({ type: "result", results: {}, timestamp: 0 })).toEqual({ type: "result" });
    expect(toWireEvent({ type: "execution_count", executionCount: 0, timestamp: 0 })).toEqual({
      type: "execution_count",
    });
  });

  it("gives the raw value of an unknown event itself", () => {
    const raw = { type: "novel" };
    expect(toWireEvent({ type: "unknown", wireType: "novel", raw, timestamp: 0 })).toBe(raw);
  });
});
