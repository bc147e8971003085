import { describe, expect, it } from "vitest";
import type { DecodedItem } from "./parsers/decoded.js";
import { judgeStream, type ReadStream } from "./stream-oracle.js";

const event = (type: string, fields: Record<string, unknown> = {}): DecodedItem => ({
  event: { type, timestamp: 1_700_000_000_000, ...fields },
});
const init = event("init", { text: "c1" });
const ping = event("ping", { text: "pong" });
const out = event("stdout", { text: "a" });
const complete = event("execution_complete");
const failed = event("error", { error: { ename: "E", evalue: "3", traceback: null } });
const envelope: DecodedItem = { envelope: { code: "C", message: "m" } };

function reasons(
  kind: ReadStream["kind"],
  items: readonly DecodedItem[],
  end: ReadStream["end"] = "complete",
): readonly string[] {
  return judgeStream({ kind, items, end }).map(
    (finding) => `${finding.clause}/${finding.invariant}${finding.level === "MUST" ? "" : ` ${finding.level}`}`,
  );
}

describe("judgeStream", () => {
  it.each<[string, ReadStream["kind"], readonly DecodedItem[]]>([
    ["a command", "command", [init, ping, out, complete]],
    ["a command without pings", "command", [init, out, failed]],
    ["a ping after the end", "command", [init, complete, ping]],
    ["an envelope after init", "session", [init, out, envelope]],
    ["an envelope alone: it failed before it began", "command", [envelope]],
    ["a start in the background", "background", [init, complete]],
    ["a failed start in the background", "background", [init, envelope]],
    ["code that goes on after its end", "code", [init, complete, out, event("result", { results: {} })]],
    ["code with both ends", "code", [init, event("status", { text: "error" }), failed, complete]],
    ["an event of unknown type", "command", [init, event("progress", { x: 1 }), complete]],
  ])("passes %s", (_, kind, items) => {
    expect(reasons(kind, items)).toEqual([]);
  });

  it.each<[string, ReadStream["kind"], readonly DecodedItem[], readonly string[]]>([
    ["no frame at all, once", "command", [], ["X03/no-end"]],
    ["no end", "command", [init, out], ["X03/no-end"]],
    ["no end of code", "code", [init, out], ["X03/no-end"]],
    ["output before init", "command", [out, init, complete], ["execd.stream.init/init-first"]],
    ["no init", "command", [ping, complete], ["execd.stream.init/init-first"]],
    ["init twice", "session", [init, init, complete], ["execd.stream.init/init-once"]],
    ["two ends", "command", [init, complete, failed], ["X03/one-end"]],
    ["output after the end", "command", [init, complete, out], ["X03/frame-after-end"]],
    ["a ping after an envelope", "session", [init, envelope, ping], ["X03/frame-after-envelope"]],
    ["an end after an envelope", "code", [init, envelope, complete], ["X03/frame-after-envelope"]],
    ["a malformed frame", "command", [init, { malformed: true }, complete], ["execd.stream.frames/malformed-frame"]],
    [
      "output of a background command",
      "background",
      [init, out, complete],
      ["execd.background.started/background-output"],
    ],
    ["stderr of a session", "session", [init, event("stderr", { text: "a" }), complete], ["X17/session-stderr INFO"]],
    ["init without an id", "command", [event("init"), complete], ["execd.stream.frames/field-type"]],
    [
      "text that is a number",
      "command",
      [init, event("stdout", { text: 1 }), complete],
      ["execd.stream.frames/field-type"],
    ],
    ["an error that is text", "command", [init, event("error", { error: "3" })], ["execd.stream.frames/field-type"]],
    [
      "an error without name",
      "command",
      [init, event("error", { error: { evalue: "3" } })],
      ["execd.stream.frames/field-type"],
    ],
    [
      "a traceback that is text",
      "command",
      [init, event("error", { error: { ename: "E", evalue: "3", traceback: "x" } })],
      ["execd.stream.frames/field-type"],
    ],
    [
      "a time that is text",
      "command",
      [init, event("execution_complete", { execution_time: "5" })],
      ["execd.stream.frames/field-type"],
    ],
    [
      "a result that is a list",
      "code",
      [init, event("result", { results: [] }), complete],
      ["execd.stream.frames/field-type"],
    ],
    [
      "no time stamp",
      "command",
      [init, event("stdout", { text: "a", timestamp: undefined }), complete],
      ["execd.stream.timestamps/timestamp INFO"],
    ],
    [
      "a time stamp in seconds",
      "command",
      [init, event("stdout", { text: "a", timestamp: 1_700_000_000 }), complete],
      ["execd.stream.timestamps/timestamp INFO"],
    ],
  ])("finds %s", (_, kind, items, expected) => {
    expect(reasons(kind, items)).toEqual(expected);
  });

  it("finds a body that ends inside a frame once the end of the execution is known, and else only the missing end", () => {
    expect(reasons("command", [init, complete], "truncated")).toEqual(["execd.stream.body-complete/truncated-body"]);
    expect(reasons("command", [init], "truncated")).toEqual(["X03/no-end"]);
  });

  it("says nothing about the end of a stream whose reader hung up", () => {
    expect(reasons("command", [init, out], "client")).toEqual([]);
    expect(reasons("command", [init, complete, complete], "client")).toEqual(["X03/one-end"]);
  });

  it("names the frame", () => {
    expect(judgeStream({ kind: "command", items: [init, complete, ping, out], end: "complete" })).toEqual([
      {
        clause: "X03",
        invariant: "frame-after-end",
        level: "MUST",
        expected: "ping",
        observed: "stdout",
        at: "frame 4",
      },
    ]);
  });
});
