import { lastValueFrom, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byteScript, executionFrames, type Answer } from "@rxsandbox/testkit";
import { scriptedExecd } from "../testing/scripted-execd.js";

const refusal = (message: string): Answer => ({
  status: 500,
  json: { code: "RUNTIME_ERROR", message: `error interruptting code context. ${message}` },
});
const begun = {
  body: [...byteScript(executionFrames([{ type: "init", id: "c", timestamp: 1 }])), { kind: "stall" as const }],
};

/** Leaves right after `init` and tells what was sent and what was reported. */
async function leave(
  kind: "run" | "start",
  ...answers: readonly Answer[]
): Promise<{ readonly interrupts: number; readonly failures: number }> {
  const { execution, sent, cleanupFailures } = scriptedExecd({
    "POST /base/command": begun,
    "DELETE /base/command": answers,
  });
  const work: Observable<unknown> = kind === "run" ? execution.commands.run("x") : execution.commands.start("x");
  const subscription = work.subscribe();
  await vi.advanceTimersByTimeAsync(1);
  subscription.unsubscribe();
  await vi.advanceTimersByTimeAsync(60_000);
  return { interrupts: sent().filter((call) => call.startsWith("DELETE")).length, failures: cleanupFailures().length };
}

describe("ensureInterrupted", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each<[string, Answer]>([
    ["404", { status: 404, json: { code: "INVALID_REQUEST_BODY", message: "command not found: c" } }],
    ["a command that is over", refusal("command session c is not running")],
    ["a command that is not known", refusal("no such session")],
  ])("takes %s for success when a run is left", async (_, answer) => {
    expect(await leave("run", answer)).toEqual({ interrupts: 1, failures: 0 });
  });

  it("asks again while a background command is not registered", async () => {
    expect(await leave("start", refusal("no such session"), refusal("no such session"), {})).toEqual({
      interrupts: 3,
      failures: 0,
    });
  });

  it("reports a background command that stays unknown for a second: nobody can tell whether it runs", async () => {
    expect(await leave("start", refusal("no such session"))).toEqual({ interrupts: 6, failures: 1 });
  });

  it("reports any other refusal", async () => {
    expect(await leave("run", refusal("operation not permitted"))).toEqual({ interrupts: 1, failures: 1 });
    expect(await leave("start", { status: 401, json: { error: "Unauthorized" } })).toEqual({
      interrupts: 1,
      failures: 1,
    });
  });
});

describe("commands.interrupt", () => {
  it("is carried through when its subscriber leaves", async () => {
    const { execution, transport, scope } = scriptedExecd({ "DELETE /base/command": {} });
    execution.commands.interrupt("c").subscribe().unsubscribe();
    await scope.close();
    expect(transport.requests[0]).toMatchObject({ end: "complete" });
    const open = scriptedExecd({ "DELETE /base/command": {} });
    expect(await lastValueFrom(open.execution.commands.interrupt("c"))).toBeUndefined();
  });
});
