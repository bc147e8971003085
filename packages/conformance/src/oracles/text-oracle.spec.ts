import { describe, expect, it } from "vitest";
import type { DecodedItem } from "./parsers/decoded.js";
import { judgeLog, judgeText } from "./text-oracle.js";

const out = (...texts: readonly string[]): readonly DecodedItem[] =>
  texts.map((text) => ({ event: { type: "stdout", text } }));

describe("judgeText", () => {
  it.each<[string, string, readonly DecodedItem[]]>([
    ["one event per line", "a\nb\n", out("a", "b")],
    ["a blank line as LF", "a\n\nb\n", out("a", "\n", "b")],
    ["a blank line as nothing", "a\n\nb\n", out("a", "", "b")],
    ["a blank line embedded", "a\n\nb\n", out("a\n\nb")],
    ["terminators kept", "a\n\nb\n", out("a\n", "\n", "b\n")],
    ["lines joined", "a\nb\n", out("a\nb\n")],
    ["no text field as a blank line", "\n", [{ event: { type: "stdout" } }]],
    ["no output", "", []],
    ["other events between", "a\nb\n", [...out("a"), { event: { type: "ping" } }, { malformed: true }, ...out("b")]],
  ])("passes %s of a command", (_, stdout, items) => {
    expect(judgeText("command", { stdout }, items)).toEqual([]);
  });

  it.each<[string, "command" | "session", string, readonly DecodedItem[], string, string]>([
    ["a lost line", "command", "a\nb\n", out("a"), "execd.output.lines", "MUST"],
    ["a line too many", "command", "a\n", out("a", "a"), "execd.output.lines", "MUST"],
    ["mixed lines", "command", "a\nb\n", out("b", "a"), "execd.output.lines", "MUST"],
    ["a lost blank line", "command", "a\n\nb\n", out("a", "b"), "execd.output.lines", "MUST"],
    ["a lost first blank line", "command", "\nb\n", out("b"), "execd.output.lines", "MUST"],
    ["a lost line of a session", "session", "a\nb\n", out("b"), "execd.output.lines", "MUST"],
    ["trimmed text", "command", " a \n", out("a"), "execd.output.lines", "MUST"],
    ["CR", "command", "10%\r20%\n", out("10%", "20%"), "execd.output.cr", "INFO"],
    ["a last line without LF that is lost", "command", "a\nb", out("a"), "execd.output.unterminated", "INFO"],
    ["bytes that are not text", "command", "a\ufffd\n", out("a?"), "X10", "INFO"],
    ["half a pair of surrogates", "command", "a\ud83d\n", out("a?"), "X10", "INFO"],
    ["a swallowed marker of a session", "session", "a\n__PWD__:/x\n", out("a"), "X23", "INFO"],
  ])("finds %s", (_, kind, stdout, items, clause, level) => {
    expect(judgeText(kind, { stdout }, items)).toEqual([
      expect.objectContaining({ clause, level, invariant: "stdout-lines" }),
    ]);
  });

  it("takes blank lines of a session as optional, and its markers for text in a command", () => {
    expect(judgeText("session", { stdout: "a\n\nb\n" }, out("a", "b"))).toEqual([]);
    expect(judgeText("session", { stdout: "a\n\nb\n" }, out("a", "\n", "b"))).toEqual([]);
    expect(judgeText("command", { stdout: "__PWD__:/x\n" }, [])).toEqual([expect.objectContaining({ level: "MUST" })]);
  });

  it("keeps the streams apart, and names the line", () => {
    const swapped = [...out("a"), { event: { type: "stdout", text: "e" } }];
    expect(judgeText("command", { stdout: "a\n", stderr: "e\n" }, swapped)).toEqual([
      {
        clause: "execd.output.lines",
        invariant: "stdout-lines",
        level: "MUST",
        expected: ["a"],
        observed: ["a", "e"],
        at: "line 2",
      },
      {
        clause: "execd.output.lines",
        invariant: "stderr-lines",
        level: "MUST",
        expected: ["e"],
        observed: [],
        at: "line 1",
      },
    ]);
  });
});

describe("judgeLog", () => {
  it("compares a log with what was written, and leaves the reading of invalid text open", () => {
    expect(judgeLog("a\n\nb\n", "a\n\nb\n")).toEqual([]);
    expect(judgeLog("a\nb\n", "a\n")).toEqual([
      expect.objectContaining({ clause: "execd.background.logs", invariant: "log-text", level: "MUST" }),
    ]);
    expect(judgeLog("\ufffd\n", "?\n")).toEqual([expect.objectContaining({ clause: "X10", level: "INFO" })]);
  });
});
