import { describe, expect, it } from "vitest";
import type { DecodedItem } from "./parsers/decoded.js";
import { judgeExit, judgeExitSources, type ExitExpectation } from "./exit-oracle.js";
import { exitOfStatus, exitOfStream, type ExitStatus } from "./exit-status.js";

const failed = (evalue: unknown, traceback: readonly string[] | null = null): readonly DecodedItem[] => [
  { event: { type: "error", error: { ename: "CommandExecError", evalue, traceback } } },
];
const completed: readonly DecodedItem[] = [{ event: { type: "init" } }, { event: { type: "execution_complete" } }];

describe("exitOfStream", () => {
  it("reads codes, signals, and what tells nothing", () => {
    expect(exitOfStream(completed)).toEqual({ kind: "known", code: 0 });
    expect(exitOfStream(failed("3"))).toEqual({ kind: "known", code: 3 });
    expect(exitOfStream(failed(" 259\n"))).toEqual({ kind: "known", code: 3 });
    expect(exitOfStream(failed("-1", ["signal: killed"]))).toEqual({
      kind: "signalled",
      text: "signal: killed",
      code: -1,
    });
    expect(exitOfStream(failed("137", ["signal: killed"]))).toEqual({
      kind: "signalled",
      text: "signal: killed",
      code: 137,
    });
    expect(exitOfStream(failed("fork/exec: no"))).toEqual({ kind: "unknown", reason: "error text" });
    expect(exitOfStream([{ event: { type: "error" } }])).toEqual({ kind: "unknown", reason: "error text" });
    expect(exitOfStream([{ event: { type: "init" } }, { envelope: {} }])).toEqual({
      kind: "unknown",
      reason: "envelope",
    });
  });

  it("never takes a stream without an end for a success", () => {
    expect(exitOfStream([])).toEqual({ kind: "unknown", reason: "no end" });
    expect(exitOfStream([{ event: { type: "init" } }, { malformed: true }])).toEqual({
      kind: "unknown",
      reason: "no end",
    });
  });
});

describe("exitOfStatus", () => {
  it("reads codes and signals, and nothing while the command runs", () => {
    expect(exitOfStatus({ id: "c", running: true, exit_code: 0 })).toEqual({ kind: "unknown", reason: "running" });
    expect(exitOfStatus({ id: "c", running: false })).toEqual({ kind: "unknown", reason: "running" });
    expect(exitOfStatus({ id: "c", running: false, exit_code: 3, error: "exit status 3" })).toEqual({
      kind: "known",
      code: 3,
    });
    expect(exitOfStatus({ id: "c", running: false, exit_code: -1, error: "signal: killed" })).toEqual({
      kind: "signalled",
      text: "signal: killed",
      code: -1,
    });
  });
});

describe("judgeExit", () => {
  const lost: ExitStatus = { kind: "unknown", reason: "no end" };
  const envelope: ExitStatus = { kind: "unknown", reason: "envelope" };
  const known = (code: number): ExitStatus => ({ kind: "known", code });
  const killed: ExitStatus = { kind: "signalled", text: "signal: killed", code: -1 };

  it.each<[ExitExpectation, ExitStatus]>([
    [{ exited: 0 }, known(0)],
    [{ exited: 256 }, known(0)],
    [{ exited: -1 }, known(255)],
    [{ exited: 259 }, known(3)],
    [{ signal: 9 }, killed],
    [{ signal: 9 }, known(137)],
    [{ stopped: true }, killed],
    [{ stopped: true }, known(143)],
    [{ stopped: true }, envelope],
  ])("accepts for %j: %j", (expected, observed) => {
    expect(judgeExit(expected, observed)).toEqual([]);
  });

  it.each<[ExitExpectation, ExitStatus, string]>([
    [{ exited: 0 }, lost, "X03/no-end"],
    [{ stopped: true }, lost, "X03/no-end"],
    [{ exited: 0 }, envelope, "execd.exit.code/wrong-exit"],
    [{ exited: 3 }, known(0), "execd.exit.code/wrong-exit"],
    [{ exited: 200 }, known(-56), "execd.exit.code/wrong-exit"],
    [{ exited: 137 }, killed, "execd.exit.code/wrong-exit"],
    [{ signal: 9 }, known(9), "execd.exit.code/wrong-exit"],
    [{ signal: 9 }, known(143), "execd.exit.code/wrong-exit"],
    [{ stopped: true }, known(0), "execd.exit.code/wrong-exit"],
    [{ stopped: true }, { kind: "unknown", reason: "error text" }, "execd.exit.code/wrong-exit"],
  ])("refuses for %j: %j", (expected, observed, reason) => {
    expect(judgeExit(expected, observed).map(({ clause, invariant }) => `${clause}/${invariant}`)).toEqual([reason]);
  });

  it("asks two sources to agree only where both tell something", () => {
    expect(judgeExitSources(known(3), known(3))).toEqual([]);
    expect(judgeExitSources(killed, { ...killed, text: "other" } as ExitStatus)).toEqual([]);
    expect(judgeExitSources(lost, known(3))).toEqual([]);
    expect(judgeExitSources(known(0), { kind: "unknown", reason: "running" })).toEqual([]);
    expect(judgeExitSources(known(3), known(0))).toEqual([expect.objectContaining({ invariant: "status-agrees" })]);
    expect(judgeExitSources(killed, known(137))).toHaveLength(1);
  });
});
