import { describe, expect, it } from "vitest";
import { fromWireEvent } from "./from-wire-event.js";

describe("fromWireEvent", () => {
  it.each([
    [
      { type: "init", text: "097d", timestamp: 7 },
      { type: "init", id: "097d", timestamp: 7 },
    ],
    [
      { type: "ping", text: "pong", timestamp: 7 },
      { type: "ping", timestamp: 7 },
    ],
    [
      { type: "stdout", text: "hi", timestamp: 7 },
      { type: "stdout", text: "hi", unit: "line", timestamp: 7 },
    ],
    [
      { type: "stderr", text: "\n", timestamp: 7 },
      { type: "stderr", text: "\n", unit: "line", timestamp: 7 },
    ],
    [
      { type: "status", text: "error", timestamp: 7 },
      { type: "status", text: "error", timestamp: 7 },
    ],
    [
      { type: "execution_count", execution_count: 3, timestamp: 7 },
      { type: "execution_count", executionCount: 3, timestamp: 7 },
    ],
    [
      { type: "execution_complete", execution_time: 2, timestamp: 7 },
      { type: "execution_complete", executionTimeMs: 2, timestamp: 7 },
    ],
    [
      { type: "execution_complete", timestamp: 7 },
      { type: "execution_complete", executionTimeMs: 0, timestamp: 7 },
    ],
    [
      { type: "result", results: { text: "4" }, timestamp: 7 },
      { type: "result", results: { text: "4" }, timestamp: 7 },
    ],
    [
      { type: "error", error: { ename: "CommandExecError", evalue: "3", traceback: ["exit status 3"] }, timestamp: 7 },
      { type: "error", error: { name: "CommandExecError", value: "3", traceback: ["exit status 3"] }, timestamp: 7 },
    ],
    [
      { type: "error", error: { ename: "DBPingError", evalue: "x", traceback: null } },
      { type: "error", error: { name: "DBPingError", value: "x", traceback: [] }, timestamp: 0 },
    ],
  ])("maps the frame %j", (raw, event) => {
    expect(fromWireEvent(raw, "line")).toEqual(event);
  });

  it("labels text with the unit of the endpoint", () => {
    expect(fromWireEvent({ type: "stdout", text: "a\nb" }, "chunk")).toEqual({
      type: "stdout",
      text: "a\nb",
      unit: "chunk",
      timestamp: 0,
    });
  });

  it("takes absent and null fields for zero values", () => {
    for (const empty of [{}, { text: null, results: null, execution_count: null, timestamp: null }]) {
      expect(fromWireEvent({ type: "stdout", ...empty }, "line")).toEqual({
        type: "stdout",
        text: "",
        unit: "line",
        timestamp: 0,
      });
      expect(fromWireEvent({ type: "init", ...empty }, "line")).toEqual({ type: "init", id: "", timestamp: 0 });
      expect(fromWireEvent({ type: "result", ...empty }, "line")).toEqual({
        type: "result",
        results: {},
        timestamp: 0,
      });
      expect(fromWireEvent({ type: "execution_count", ...empty }, "line")).toEqual({
        type: "execution_count",
        executionCount: 0,
        timestamp: 0,
      });
    }
  });

  it("keeps a type that it does not know with its raw value", () => {
    const raw = { type: "display", data: { "image/png": "…" }, timestamp: 4 };
    expect(fromWireEvent(raw, "line")).toEqual({ type: "unknown", wireType: "display", raw, timestamp: 4 });
    expect(fromWireEvent({ type: "unknown" }, "line")).toEqual({
      type: "unknown",
      wireType: "unknown",
      raw: { type: "unknown" },
      timestamp: 0,
    });
    expect(fromWireEvent({ type: "constructor" }, "line")).toMatchObject({ type: "unknown", wireType: "constructor" });
  });

  it.each([
    { type: "stdout", text: 5 },
    { type: "stderr", text: ["a"] },
    { type: "status", text: {} },
    { type: "init", text: 12 },
    { type: "result", results: "4" },
    { type: "result", results: ["4"] },
    { type: "execution_count", execution_count: "1" },
  ])("keeps %j, whose meaning it cannot read, as an unknown event", (raw) => {
    expect(fromWireEvent(raw, "line")).toEqual({ type: "unknown", wireType: raw.type, raw, timestamp: 0 });
  });

  it("never lets an end disappear, whatever its fields hold", () => {
    expect(fromWireEvent({ type: "execution_complete", execution_time: "2", timestamp: "x" }, "line")).toEqual({
      type: "execution_complete",
      executionTimeMs: 0,
      timestamp: 0,
    });
    expect(fromWireEvent({ type: "error" }, "line")).toEqual({
      type: "error",
      error: { name: "", value: "", traceback: [] },
      timestamp: 0,
    });
    expect(fromWireEvent({ type: "error", error: "boom" }, "line")).toMatchObject({
      error: { name: "", value: "boom" },
    });
    expect(
      fromWireEvent({ type: "error", error: { ename: null, evalue: 3, traceback: [1, null] } }, "line"),
    ).toMatchObject({
      error: { name: "", value: "3", traceback: ["1", ""] },
    });
  });

  it("takes a timestamp that is no finite number for an absent one", () => {
    expect(fromWireEvent(JSON.parse('{"type":"ping","timestamp":1e999}') as Record<string, unknown>, "line")).toEqual({
      type: "ping",
      timestamp: 0,
    });
  });

  it("gives a value without type an empty one", () => {
    expect(fromWireEvent({ a: 1 }, "line")).toEqual({ type: "unknown", wireType: "", raw: { a: 1 }, timestamp: 0 });
  });
});
