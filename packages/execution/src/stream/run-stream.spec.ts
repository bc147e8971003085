import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { map, take } from "rxjs";
import type { ExecutionEvent, OutputEvent } from "@rxsandbox/protocol";
import { StreamTruncatedError, type SandboxError } from "@rxsandbox/transport";
import { byteScript, executionFrames, liveBody, type ByteStep } from "@rxsandbox/testkit";
import { executionEnd } from "../execution-end.js";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { outcome } from "../testing/outcome.js";
import { asSent } from "../testing/as-sent.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const killed = {
  type: "error",
  error: { name: "CommandExecError", value: "-1", traceback: ["signal: killed"] },
  timestamp: 2,
} as const;
const line = (length: number): OutputEvent => ({
  type: "stdout",
  text: "x".repeat(length),
  unit: "line",
  timestamp: 1,
});
const stall: ByteStep = { kind: "stall" };
const post = "POST /base/command";
const del = "DELETE /base/command";

describe("runStream", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  async function leaveAfter(
    ms: number,
    execd: ReturnType<typeof scriptedExecd>,
  ): Promise<ReturnType<typeof scriptedExecd>> {
    const subscription = execd.execution.commands.run("x").subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(ms);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(execd.transport.active()).toBe(0);
    return execd;
  }

  it("never sends a POST that waited to be repeated when the subscriber left", async () => {
    const script = {
      [post]: [{ failure: "connect" as const }, { body: executionFrames([init, complete]) }],
      [del]: {},
    };
    const { sent, cleanupFailures } = await leaveAfter(1, scriptedExecd(script, { retry: { baseDelayMs: 1000 } }));
    expect(sent()).toEqual(["POST /command"]);
    expect(cleanupFailures()).toEqual([]);
  });

  it("has nothing to end when the request of a subscriber that left never got out", async () => {
    const { cleanupFailures } = await leaveAfter(10, scriptedExecd({ [post]: { failure: "connect", delayMs: 100 } }));
    expect(cleanupFailures()).toEqual([]);
  });

  it.each([
    ["an end of body before init", { delayMs: 50, body: [] }],
    ["a gateway's 502", { delayMs: 50, status: 502, body: "Bad Gateway" }],
    ["a broken connection", { delayMs: 50, failure: "reset" as const }],
  ])("reports after %s that a command may be left running", async (_, answer) => {
    const { sent, cleanupFailures } = await leaveAfter(1, scriptedExecd({ [post]: answer }));
    expect(sent()).toEqual(["POST /command"]);
    expect(cleanupFailures()).toEqual([
      expect.objectContaining({
        subject: { kind: "command", id: expect.stringMatching(/^with request id ./) },
        error: expect.objectContaining({ code: "cleanup-failed" }),
      }),
    ]);
  });

  it("reports nothing after a refusal by execd", async () => {
    const refusal = { delayMs: 50, status: 500, json: { code: "RUNTIME_ERROR", message: "error running commands no" } };
    expect((await leaveAfter(1, scriptedExecd({ [post]: refusal }))).cleanupFailures()).toEqual([]);
  });

  it("finds the id at the front of a chunk beyond its bound", async () => {
    const chunk = executionFrames([init, line(70_000)]);
    const { sent, cleanupFailures } = await leaveAfter(
      1,
      scriptedExecd({ [post]: { delayMs: 50, body: [...byteScript(chunk), stall] }, [del]: {} }),
    );
    expect(sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
    expect(cleanupFailures()).toEqual([]);
  });

  it("gives up at 64 KiB without an id, and says so", async () => {
    const comments = byteScript(...Array.from({ length: 9 }, () => `:${"x".repeat(8190)}\n`));
    const { sent, cleanupFailures, transport } = await leaveAfter(
      1,
      scriptedExecd({ [post]: { delayMs: 50, body: [...comments, stall] }, [del]: {} }),
    );
    expect(sent()).toEqual(["POST /command"]);
    expect(transport.requests[0]!.end).toBe("aborted");
    expect(cleanupFailures()).toHaveLength(1);
  });

  it("closes an unreadable stream at once when no id can come of it any more", async () => {
    const { execution, transport, cleanupFailures } = scriptedExecd({
      [post]: { body: [...byteScript("<html>\n"), stall] },
    });
    let error: SandboxError | undefined;
    execution.commands.run("x").subscribe({ error: (thrown: SandboxError) => (error = thrown) });
    await vi.advanceTimersByTimeAsync(1);
    expect(error).toMatchObject({ code: "protocol" });
    expect(transport.active()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cleanupFailures()).toEqual([]);
  });

  it("names what ran, and the server's request id, in whatever ends a stream without an end", async () => {
    const unknown = '; its outcome is unknown: read it with commands.getStatus("c")';
    const bodies: readonly [code: string, problem: string, body: readonly ByteStep[]][] = [
      [
        "network",
        `the connection to sandbox.test broke${unknown}`,
        [...byteScript(executionFrames([init])), { kind: "fail", failure: "reset" }],
      ],
      ["stream-truncated", `the stream ended without an end event${unknown}`, byteScript(executionFrames([init]))],
      [
        "stream-truncated",
        `the body ended inside a frame${unknown}`,
        byteScript(executionFrames([init]), '{"type":"std'),
      ],
      ["execution-failed", "no", byteScript(executionFrames([init, { code: "RUNTIME_ERROR", message: "no" }]))],
      [
        "execution-timed-out",
        "timeout after 3s",
        byteScript(executionFrames([init, { code: "RUNTIME_ERROR", message: "timeout after 3s" }])),
      ],
      ["protocol", "a frame is not JSON", byteScript(executionFrames([init]), "nonsense\n\n")],
    ];
    for (const [code, problem, body] of bodies) {
      const { execution } = scriptedExecd({ [post]: { headers: { "x-request-id": "theirs" }, body }, [del]: {} });
      const { error } = await outcome(execution.commands.run("x"));
      expect(error).toMatchObject({
        code,
        requestId: "theirs",
        retryable: false,
        commandId: "c",
        message: `Run command c (POST /command): ${problem} [${code}]`,
      });
      expect(error instanceof StreamTruncatedError).toBe(code === "stream-truncated");
    }
  });

  it("keeps an error from before the stream as it is: a refused connection may be tried again", async () => {
    const { execution } = scriptedExecd({ [post]: { failure: "connect" } });
    expect((await outcome(execution.commands.run("x"))).error).toMatchObject({
      code: "network",
      retryable: true,
      requestId: expect.stringMatching(/./),
      message: expect.not.stringContaining("outcome"),
    });
  });

  it("reads the body on after an interrupt, undecoded, until the server ends it", async () => {
    const body = liveBody();
    const execd = scriptedExecd({ [post]: { live: body }, [del]: {} });
    const seen: unknown[] = [];
    const subscription = execd.execution.commands.run("x").subscribe((event) => seen.push(event));
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init]));
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(1);
    expect(execd.sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
    body.send("nonsense\n\n");
    await vi.advanceTimersByTimeAsync(5000);
    body.send(executionFrames([line(70_000), killed]));
    body.end();
    expect(execd.transport.requests[0]).toMatchObject({ end: "complete", isDetached: false });
    expect(seen).toEqual([init]);
    expect(execd.cleanupFailures()).toEqual([]);
  });

  it("aborts what an interrupt does not end after 6 s", async () => {
    const { execution, transport } = scriptedExecd({
      [post]: { body: [...byteScript(executionFrames([init])), stall] },
      [del]: {},
    });
    const subscription = execution.commands.run("x").subscribe();
    await vi.advanceTimersByTimeAsync(1);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(5900);
    expect(transport.active()).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(transport.requests[0]!.end).toBe("aborted");
  });

  it("starts an empty command before it aborts what still flows then, and aborts it also when that hangs", async () => {
    for (const started of [{ body: executionFrames([{ ...init, id: "d" }, complete]) }, "silent"] as const) {
      const body = liveBody();
      const { execution, sent, transport } = scriptedExecd({ [post]: [{ live: body }, started], [del]: {} });
      const subscription = execution.commands.run("yes").subscribe();
      await vi.advanceTimersByTimeAsync(1);
      body.send(executionFrames([init]));
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(5990);
      body.send(executionFrames([line(1)]));
      await vi.advanceTimersByTimeAsync(10);
      expect(sent()).toEqual(["POST /command", "DELETE /command?id=c", "POST /command"]);
      expect(transport.requests[2]!.json()).toEqual({ command: ":", background: true });
      expect(transport.requests[0]!.end).toBeUndefined();
      await vi.advanceTimersByTimeAsync(2000);
      expect(transport.requests[0]!.end).toBe("aborted");
      expect(transport.active()).toBe(0);
    }
  });

  it("reads the body on after the id of a command that was left before its init", async () => {
    const body = liveBody();
    const execd = scriptedExecd({ [post]: { live: body }, [del]: {} });
    const subscription = execd.execution.commands.run("x").subscribe();
    await vi.advanceTimersByTimeAsync(1);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(5000);
    body.send(executionFrames([init]));
    await vi.advanceTimersByTimeAsync(5000);
    body.send(executionFrames([line(1), killed]));
    body.end();
    expect(execd.sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
    expect(execd.transport.requests[0]!.end).toBe("complete");
    expect(execd.cleanupFailures()).toEqual([]);
  });

  it.each([
    ["protocol", "nonsense\n\n"],
    ["event-too-large", executionFrames([line(5000)])],
  ])("interrupts and reads on after its own error %s", async (code, bytes) => {
    const body = liveBody();
    const { execution, sent, transport } = scriptedExecd(
      { [post]: { live: body }, [del]: {} },
      { maxEventBytes: 1024 },
    );
    let error: SandboxError | undefined;
    execution.commands.run("x").subscribe({ error: (thrown: SandboxError) => (error = thrown) });
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init]));
    body.send(bytes);
    await vi.advanceTimersByTimeAsync(1000);
    expect(error).toMatchObject({ code });
    expect(sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
    body.end();
    expect(transport.requests[0]!.end).toBe("complete");
  });

  it("lets a body flow again that a slow reader had paused and left", async () => {
    const body = liveBody();
    const { execution, transport } = scriptedExecd({ [post]: { live: body }, [del]: {} });
    const iterator = execution.commands.iterate("x", { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init]));
    await first;
    body.send(executionFrames([line(1), line(2)]));
    await iterator.return?.();
    body.send(executionFrames([killed]));
    body.end();
    expect(transport.requests[0]!.end).toBe("complete");
  });

  it.each([
    ["right after a ping", 1700, true],
    ["shortly before the next", 1900, false],
  ])("takes the rest of a command that ends %s for quiet: %i ms", async (_, lastsMs, isQuiet) => {
    const events = [
      { ...init, timestamp: 1000 },
      { type: "ping", timestamp: 4000 },
      { ...complete, timestamp: 4000 + lastsMs },
    ] as const;
    const { execution, scope, transport } = scriptedExecd({
      [post]: { body: [...byteScript(executionFrames([...events])), stall] },
    });
    await outcome(execution.commands.run("x"));
    execution.commands.run("x").subscribe();
    await vi.advanceTimersByTimeAsync(1);
    void scope.close();
    await vi.advanceTimersByTimeAsync(1);
    // Closing waits for what is still written to, and for nothing else.
    expect(transport.active()).toBe(isQuiet ? 0 : 1);
    await vi.advanceTimersByTimeAsync(6000);
    expect(transport.active()).toBe(0);
  });

  it("drains the body after an envelope, so that its connection is used again", async () => {
    const body = liveBody();
    const { execution, transport } = scriptedExecd({ [post]: { live: body } });
    execution.commands.run("x").subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init, { code: "RUNTIME_ERROR", message: "no" }]));
    body.send("\n");
    await vi.advanceTimersByTimeAsync(1);
    body.end();
    expect(transport.requests[0]).toMatchObject({ isDetached: true, end: "complete" });
  });

  it("drains a body that a slow reader had paused", async () => {
    const body = liveBody();
    const { execution, transport } = scriptedExecd({ [post]: { live: body } });
    const iterator = execution.commands.iterate("x", { highWaterMark: 2 })[Symbol.asyncIterator]();
    const first = iterator.next();
    await vi.advanceTimersByTimeAsync(1);
    body.send(executionFrames([init]));
    await first;
    body.send(executionFrames([line(1), line(2), line(3), complete]));
    await vi.advanceTimersByTimeAsync(1);
    body.end();
    expect(transport.requests[0]!.end).toBe("complete");
    const rest: unknown[] = [];
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) rest.push(step.value.type);
    expect(rest).toEqual(["stdout", "stdout", "stdout", "execution_complete"]);
  });

  it.each([
    ["lasted as long as its timeout", 2000, 0, true],
    ["was killed before", 1000, 0, false],
    ["was killed before, while the clock was set forward", 1000, 3_600_000, false],
  ])("tells a probable timeout by how long the run lasted: it %s", async (_, lastsMs, jumpMs, probablyTimedOut) => {
    const body = liveBody();
    const { execution } = scriptedExecd({ [post]: { live: body } });
    const seen: ExecutionEvent[] = [];
    execution.commands.run("x", { timeoutSeconds: 2 }).subscribe((event) => seen.push(event));
    await vi.advanceTimersByTimeAsync(0);
    body.send(executionFrames([init]));
    await vi.advanceTimersByTimeAsync(lastsMs);
    vi.setSystemTime(Date.now() + jumpMs);
    body.send(executionFrames([killed]));
    const last = seen.at(-1);
    expect(last?.type === "error" && executionEnd(last)).toEqual({
      kind: "signalled",
      signal: "killed",
      probablyTimedOut,
    });
  });

  it("tells in the terminal event what ran, cut to a bound and without secrets", async () => {
    const command = `curl -H 'Authorization: Bearer abc' ${"x".repeat(300)}`;
    const { execution } = scriptedExecd({ [post]: { body: executionFrames([init, complete]) } });
    const event = (await outcome(execution.commands.run(command))).values.at(-1);
    const run = event?.type === "execution_complete" ? event.run : undefined;
    expect(run).toMatchObject({ kind: "command", reachedTimeout: false });
    expect(run?.source).toMatch(/^curl -H 'Authorization: \*\*\*' x+…$/);
    expect(run?.source).toHaveLength(200);
  });

  it("ignores what follows the end", async () => {
    const { execution } = scriptedExecd({
      [post]: { body: byteScript(executionFrames([init, complete, killed]), executionFrames([line(1)]), "nonsense\n") },
    });
    const { values, error } = await outcome(execution.commands.run("x").pipe(map(asSent)));
    expect(values).toEqual([init, complete]);
    expect(error).toBeUndefined();
  });

  it("sends nothing more when the subscriber leaves with the terminal event in hand", async () => {
    const { execution, sent } = scriptedExecd({ [post]: { body: executionFrames([init, complete]) } });
    expect((await outcome(execution.commands.run("x").pipe(take(2), map(asSent)))).values).toEqual([init, complete]);
    expect(sent()).toEqual(["POST /command"]);
  });
});
