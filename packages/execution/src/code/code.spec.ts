import { firstValueFrom, lastValueFrom, map, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { byteScript, executionFrames, liveBody, type ByteStep, type RouteScript } from "@rxsandbox/testkit";
import { exitCode, executionEnd, liveness, throwOnFailure, toExecution } from "../index.js";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";
import { outcome } from "../testing/outcome.js";
import { asSent } from "../testing/as-sent.js";

const context = { id: "k", language: "python" } as const;
const init = { type: "init", id: "k", timestamp: 1 } as const;
const count = { type: "execution_count", executionCount: 3, timestamp: 1 } as const;
const result = { type: "result", results: { text: "4" }, timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const status = { type: "status", text: "error", timestamp: 1 } as const;
const failure = {
  type: "error",
  error: { name: "ValueError", value: "3", traceback: ["Traceback", "ValueError: 3"] },
  timestamp: 2,
} as const;
const out = (text: string): ExecutionEvent => ({ type: "stdout", text, unit: "chunk", timestamp: 1 });
const stall: ByteStep = { kind: "stall" };
const post = "POST /base/code";
const refusal = (message: string) => ({ status: 500, json: { code: "RUNTIME_ERROR", message } });

function codeOver(body: readonly (ExecutionEvent | { readonly code: string; readonly message: string })[]) {
  return scriptedExecd({ [post]: { body: executionFrames(body) }, "DELETE /base/code": {} });
}

describe("code.iterate", () => {
  it("runs the code once per iteration and gives every event", async () => {
    const { execution, sent } = codeOver([init, complete, result]);
    const events = execution.code.iterate("1", { context, highWaterMark: 1 });
    expect(sent()).toEqual([]);
    const seen: unknown[] = [];
    for await (const event of events) seen.push(asSent(event));
    expect(seen).toEqual([init, complete, result]);
    expect(sent()).toEqual(["POST /code"]);
  });

  it("interrupts the kernel when the loop is left", async () => {
    const { execution, sent } = scriptedExecd({
      [post]: { body: [...byteScript(executionFrames([init, count])), stall] },
      "DELETE /base/code": {},
    });
    for await (const { type } of execution.code.iterate("1", { context })) if (type === "execution_count") break;
    await vi.waitFor(() => expect(sent()).toEqual(["POST /code", "DELETE /code?id=k"]));
  });

  it("refuses a wrong argument at the call", () => {
    const { execution } = codeOver([init]);
    expect(() => execution.code.iterate(" ", { context })).toThrow(
      expect.objectContaining({ argument: "code" }) as Error,
    );
    expect(() => execution.code.iterate("1", { context, highWaterMark: 0 })).toThrow(
      expect.objectContaining({ argument: "highWaterMark" }) as Error,
    );
    expect(() => execution.code.iterate("1", undefined as never)).toThrow(
      expect.objectContaining({ argument: "language" }) as Error,
    );
  });
});

describe("code.run", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("always sends the language, without which the server would run a shell command", async () => {
    const { execution, transport, sent } = codeOver([init, complete]);
    const created = { ...context, workingDirectory: null };
    await lastValueFrom(execution.code.run("1", { context: created }));
    await lastValueFrom(execution.code.run("1", { language: "go" }));
    expect(sent()).toEqual(["POST /code", "POST /code"]);
    expect(transport.requests.map((request) => request.json())).toEqual([
      { context, code: "1" },
      { context: { language: "go" }, code: "1" },
    ]);
  });

  it("reads to the end of the body: output, results and the error may follow the completion", async () => {
    for (const events of [
      [init, out("a\n"), count, result, complete],
      [init, complete, out("a\n"), count, result],
      [init, status, failure, complete],
      [init, complete, status, failure],
    ]) {
      expect(await outcome(codeOver(events).execution.code.run("x", { context }).pipe(map(asSent)))).toEqual({
        values: events,
        error: undefined,
      });
    }
  });

  it("asks for a connection of its own where kept-alive ones lose runs, and errors unsupported, unsent, on a platform that cannot", async () => {
    const script = { "POST *": { body: executionFrames([init, complete]) } };
    const direct: ScriptedExecdOptions = { url: "http://sandbox.test/x/proxy/44772" };
    for (const [options, closes] of [
      [direct, true],
      [{ ...direct, access: "proxy" }, false],
      [{ url: "http://sandbox.test/x" }, false],
    ] as const) {
      const { execution, transport } = scriptedExecd(script, options);
      await lastValueFrom(execution.code.run("1", { context }));
      expect(transport.requests[0]!.closeConnection ?? false).toBe(closes);
    }
    const { execution, sent } = scriptedExecd(script, { ...direct, connectionClose: false });
    await expect(lastValueFrom(execution.code.run("1", { context }))).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/^Run code \(POST \/code\): .*; use access: "proxy" \[unsupported\]$/) as string,
    });
    expect(sent()).toEqual([]);
  });

  it("does not complete before the end of the body", async () => {
    const body = liveBody();
    const { execution } = scriptedExecd({ [post]: { live: body } });
    let isComplete = false;
    execution.code.run("x", { context }).subscribe({ complete: () => (isComplete = true) });
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init, complete]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isComplete).toBe(false);
    body.end();
    await vi.advanceTimersByTimeAsync(1);
    expect(isComplete).toBe(true);
  });

  it("takes a last frame without a line end for the end that it is", async () => {
    const bytes = executionFrames([init, complete]);
    const { execution } = scriptedExecd({ [post]: { body: byteScript(bytes.subarray(0, -2)) } });
    expect(await outcome(execution.code.run("x", { context }).pipe(map(asSent)))).toEqual({
      values: [init, complete],
      error: undefined,
    });
  });

  it("errors stream-truncated at an end of body without a terminal event, and network when the connection breaks, even after one", async () => {
    expect(
      (await outcome(codeOver([init, out("x"), count, result]).execution.code.run("x", { context }))).error,
    ).toMatchObject({ code: "stream-truncated", commandId: "k" });
    const broken = scriptedExecd({
      [post]: { body: [...byteScript(executionFrames([init, complete])), { kind: "fail", failure: "reset" }] },
    });
    // The error of the code may have been what was lost.
    expect((await outcome(broken.execution.code.run("x", { context }))).error).toMatchObject({
      code: "network",
      retryable: false,
    });
    expect(broken.sent()).toEqual(["POST /code"]);
  });

  it("errors invalid-state, which may be tried again, when the context is busy", async () => {
    const { execution, sent } = codeOver([
      init,
      { code: "RUNTIME_ERROR", message: "error running codes session is busy" },
    ]);
    const { values, error } = await outcome(execution.code.run("x", { context }));
    expect(values).toEqual([init]);
    expect(error).toMatchObject({ code: "invalid-state", retryable: true, serverCode: "RUNTIME_ERROR" });
    expect(sent()).toEqual(["POST /code"]);
  });

  it("errors for an envelope after a completion, and takes one after an error event for the same failure", async () => {
    const envelope = { code: "RUNTIME_ERROR", message: "error running codes no" };
    expect(
      (await outcome(codeOver([init, complete, envelope]).execution.code.run("x", { context }))).error,
    ).toMatchObject({ code: "execution-failed" });
    expect(
      await outcome(codeOver([init, failure, envelope]).execution.code.run("x", { language: "sql" }).pipe(map(asSent))),
    ).toEqual({
      values: [init, failure],
      error: undefined,
    });
  });

  it.each([
    ["error running codes context not found", "not-found"],
    ["error running codes language runtime server not configured, please check your image runtime", "unsupported"],
    ["error running codes unknown language: cobol", "unsupported"],
  ])("errors by type for %j", async (message, code) => {
    const { execution } = scriptedExecd({ [post]: refusal(message) });
    expect((await outcome(execution.code.run("x", { context }))).error).toMatchObject({
      code,
      serverCode: "RUNTIME_ERROR",
    });
  });

  it("gives lines where the language is a shell command", async () => {
    const { execution } = codeOver([
      init,
      { type: "stdout", text: "a", unit: "line", timestamp: 1 },
      { type: "stdout", text: "b", unit: "line", timestamp: 1 },
      complete,
    ]);
    const run = await firstValueFrom(execution.code.run("x", { language: "command" }).pipe(toExecution()));
    expect(run).toMatchObject({ stdout: { text: "a\nb\n" }, end: { kind: "exited", exitCode: 0 } });
  });

  it.each([
    ["an empty code", "", { language: "python" }, "code"],
    ["no target", "1", {}, "language"],
    ["a blank language", "1", { language: " " }, "language"],
    ["a context without language", "1", { context: { id: "k" } }, "context.language"],
    ["a context without id", "1", { context: { language: "python" } }, "context.id"],
    ["both", "1", { context, language: "python" }, "language"],
    ["an invalid context", "1", { context: "k" }, "context"],
    ["an unknown option", "1", { language: "python", contextId: "k" }, "contextId"],
  ])("refuses %s at the call", (_, code, target, argument) => {
    const { execution } = codeOver([]);
    expect(() => execution.code.run(code, target as never)).toThrow(expect.objectContaining({ argument }));
  });
});

describe("code.run, folded", () => {
  it("has no exit code, even where an error looks like one", async () => {
    const fail = (): Observable<ExecutionEvent> =>
      codeOver([init, complete, status, failure]).execution.code.run("x", { context });
    const succeed = (): Observable<ExecutionEvent> =>
      codeOver([init, count, result, complete]).execution.code.run("x", { context });
    expect(await lastValueFrom(fail().pipe(toExecution()))).toMatchObject({
      id: "k",
      end: { kind: "failed", error: failure.error },
      error: failure.error,
      executionTimeMs: 4,
    });
    expect(await lastValueFrom(succeed().pipe(toExecution()))).toMatchObject({
      end: { kind: "completed" },
      error: null,
      executionCount: 3,
      results: [{ text: "4", mime: { "text/plain": "4" } }],
    });
    expect(await lastValueFrom(fail().pipe(exitCode()))).toBeNull();
    expect(await lastValueFrom(succeed().pipe(exitCode()))).toBeNull();
    await expect(lastValueFrom(fail().pipe(throwOnFailure()))).rejects.toMatchObject({
      code: "command-failed",
      end: { kind: "failed" },
    });
    expect(executionEnd(complete)).toEqual({ kind: "exited", exitCode: 0 });
  });

  it("tolerates a result that is missing", async () => {
    expect(
      await lastValueFrom(
        codeOver([init, out("x"), complete])
          .execution.code.run("x", { context })
          .pipe(toExecution()),
      ),
    ).toMatchObject({ end: { kind: "completed" }, results: [], executionCount: null });
  });

  it("keeps 1000 results and counts the others", async () => {
    const run = codeOver([init, ...Array.from({ length: 1002 }, () => result), complete]).execution.code.run("x", {
      context,
    });
    const folded = await lastValueFrom(run.pipe(toExecution()));
    expect([folded.results.length, folded.omittedResults]).toEqual([1000, 2]);
  });

  it("stays ended in its liveness while the rest is told", async () => {
    const states: string[] = [];
    codeOver([init, complete, out("x")])
      .execution.code.run("x", { context })
      .pipe(liveness())
      .subscribe((state) => states.push(state));
    await vi.waitFor(() => expect(states.at(-1)).toBe("ended"));
    expect(states).toEqual(["connecting", "live", "ended"]);
  });
});

describe("code.run, left", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function leaveAfter(ms: number, answer: RouteScript, interrupt: RouteScript = {}) {
    const execd = scriptedExecd({ [post]: answer, "DELETE /base/code": interrupt });
    const subscription = execd.execution.code.run("x", { context }).subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(ms);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(execd.transport.active()).toBe(0);
    return { sent: execd.sent(), failures: execd.cleanupFailures() };
  }

  it("interrupts the kernel by the id of init and leaves the context", async () => {
    expect(await leaveAfter(10, { body: [...byteScript(executionFrames([init, out("x")])), stall] })).toEqual({
      sent: ["POST /code", "DELETE /code?id=k"],
      failures: [],
    });
  });

  it("reads on for the id when it left before it came", async () => {
    expect(await leaveAfter(1, { delayMs: 50, body: [...byteScript(executionFrames([init])), stall] })).toEqual({
      sent: ["POST /code", "DELETE /code?id=k"],
      failures: [],
    });
  });

  it("interrupts nothing once the end was told", async () => {
    for (const end of [complete, failure]) {
      expect(await leaveAfter(10, { body: [...byteScript(executionFrames([init, end])), stall] })).toEqual({
        sent: ["POST /code"],
        failures: [],
      });
    }
  });

  it("takes a context that is gone for interrupted, and reports a failure as one of the context", async () => {
    const body = { body: [...byteScript(executionFrames([init])), stall] };
    expect((await leaveAfter(10, body, refusal("error interruptting code context. no such session"))).failures).toEqual(
      [],
    );
    expect((await leaveAfter(10, body, refusal("no"))).failures).toMatchObject([
      { subject: { kind: "context", id: "k" } },
    ]);
  });
});
