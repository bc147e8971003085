import fc from "fast-check";
import { Subject, of, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { isSandboxGone, type SandboxError, type SandboxFate } from "@rxsandbox/transport";
import { byteScript, executionFrames, liveBody, type LiveBody } from "@rxsandbox/testkit";
import { scriptedExecd, type ScriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";

const SECOND = 1000;
/** A look and the last look: how late a verdict may be. */
const LATE_MS = 3050;

const init = { type: "init", id: "c", timestamp: 1 } as const;
const ping = { type: "ping", timestamp: 1 } as const;
const output = { type: "stdout", text: "x", unit: "line", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 1, timestamp: 9 } as const;

type Start = (execd: ScriptedExecd) => Observable<unknown>;
const run: Start = ({ execution }) => execution.commands.run("x");

/** A run whose body the test writes. */
function play(start: Start = run, options: ScriptedExecdOptions = {}) {
  const body: LiveBody = liveBody();
  const execd = scriptedExecd(
    {
      "POST /base/command": { live: body },
      "POST /base/session/s/run": { live: body },
      "POST /base/code": { live: body },
      "DELETE *": {},
    },
    options,
  );
  const seen: { error?: SandboxError; isComplete: boolean; events: number } = { isComplete: false, events: 0 };
  start(execd).subscribe({
    next: () => (seen.events += 1),
    error: (error: SandboxError) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  return {
    execd,
    seen,
    send: (...events: readonly ExecutionEvent[]) => body.send(executionFrames(events)),
    wait: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

const running = { sandboxId: "s", state: "Running", isGone: false };
const paused = { sandboxId: "s", state: "Paused", isGone: false };

describe("StallWatch", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("ends a silent stream that has sent a ping, says what is known, and interrupts the command", async () => {
    const { execd, seen, send, wait } = play();
    await wait(0);
    send(init, ping, output);
    await wait(30 * SECOND - 1);
    expect(seen.error).toBeUndefined();
    await wait(LATE_MS + 1);
    const bytes = executionFrames([init, ping, output]).length;
    expect(seen.error).toMatchObject({
      code: "stream-stalled",
      retryable: false,
      commandId: "c",
      events: 3,
      bytes,
      lastEventType: "stdout",
    });
    expect(seen.error?.message).toBe(
      `Run command c (POST /command): no byte came for 30 s, after ${bytes} bytes; the last event was stdout; its outcome is unknown: read it with commands.getStatus("c") [stream-stalled]`,
    );
    expect(execd.sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
    await wait(60 * SECOND);
    expect(execd.transport.active()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never accuses a server that sends no pings, without a time limit", async () => {
    const { seen, send, wait } = play();
    await wait(0);
    send(init, output);
    await wait(3_600 * SECOND);
    expect(seen.error).toBeUndefined();
  });

  it.each([
    ["nothing", 0],
    ["only pings", 3],
  ])("ends a stream on which %s comes once its time is up", async (_, pingSeconds) => {
    const { execd, seen, send, wait } = play(({ execution }) => execution.commands.run("x", { timeoutSeconds: 10 }));
    await wait(0);
    send(init);
    const from = performance.now();
    for (let second = 1; seen.error === undefined && second < 100; second += 1) {
      await wait(SECOND);
      if (pingSeconds > 0 && second % pingSeconds === 0 && seen.error === undefined) send(ping);
    }
    expect(seen.error?.code).toBe("stream-stalled");
    expect(performance.now() - from).toBeGreaterThanOrEqual(40 * SECOND);
    expect(performance.now() - from).toBeLessThanOrEqual(41 * SECOND + LATE_MS);
    expect(seen.error?.message).toContain("the time of the execution is up");
    expect(execd.sent()).toContain("DELETE /command?id=c");
  });

  it("lets a stream go on that is late, as long as something but pings comes", async () => {
    const { seen, send, wait } = play(({ execution }) => execution.commands.run("x", { timeoutSeconds: 10 }));
    await wait(0);
    send(init);
    for (let second = 0; second < 300; second += 25) {
      await wait(25 * SECOND);
      send(ping, output);
    }
    expect(seen.error).toBeUndefined();
    send(complete);
    expect(seen.isComplete).toBe(true);
    await wait(60 * SECOND);
  });

  it("counts a number from the head on, and null turns it off", async () => {
    const counted = play(({ execution }) => execution.commands.run("x", { stallTimeoutSeconds: 8 }));
    await counted.wait(0);
    counted.send(init);
    await counted.wait(8 * SECOND - 1);
    expect(counted.seen.error).toBeUndefined();
    await counted.wait(1 + 850);
    expect(counted.seen.error?.code).toBe("stream-stalled");
    const off = play(({ execution }) => execution.commands.run("x", { stallTimeoutSeconds: null, timeoutSeconds: 1 }));
    await off.wait(0);
    off.send(init, ping);
    await off.wait(3_600 * SECOND);
    expect(off.seen.error).toBeUndefined();
  });

  it.each<[string, Start, readonly string[]]>([
    ["a detached run", ({ execution }) => execution.commands.run("x", { detached: true }), ["POST /command"]],
    ["a session run", ({ execution }) => execution.attachSession("s").run("x"), ["POST /session/s/run"]],
    ["code", ({ execution }) => execution.code.run("x", { language: "python" }), ["POST /code", "DELETE /code?id=c"]],
  ])("ends %s, each in its own way", async (_, start, sent) => {
    const { execd, seen, send, wait } = play(start);
    await wait(0);
    send(init, ping);
    await wait(30 * SECOND + LATE_MS);
    expect(seen.error?.code).toBe("stream-stalled");
    await wait(60 * SECOND);
    expect(execd.sent()).toEqual(sent);
    expect(execd.transport.active()).toBe(0);
  });

  it("waits for a paused sandbox with one look per silence, and gives it a silence more when it runs again", async () => {
    const states: SandboxFate[] = [paused, paused, running, running];
    let looks = 0;
    const { seen, send, wait } = play(run, { readFate: () => of(states[looks++]) });
    await wait(0);
    send(init, ping);
    await wait(30 * SECOND + LATE_MS);
    expect([looks, seen.error]).toEqual([1, undefined]);
    await wait(2 * (30 * SECOND + LATE_MS));
    expect([looks, seen.error]).toEqual([3, undefined]);
    send(ping);
    await wait(25 * SECOND);
    expect([looks, seen.error]).toEqual([3, undefined]);
    await wait(5 * SECOND + LATE_MS);
    expect([looks, seen.error?.code]).toEqual([4, "stream-stalled"]);
  });

  it("says that the sandbox is gone where that is why nothing comes, and interrupts nothing", async () => {
    const { execd, seen, send, wait } = play(run, {
      readFate: () => of({ sandboxId: "s", state: undefined, isGone: true }),
    });
    await wait(0);
    send(init, ping);
    await wait(30 * SECOND + LATE_MS);
    expect(isSandboxGone(seen.error)).toBe(true);
    expect(seen.error?.commandId).toBe("c");
    await wait(60 * SECOND);
    expect(execd.sent()).toEqual(["POST /command"]);
  });

  it("drops the accusation when a byte comes while the state is read", async () => {
    const fate = new Subject<SandboxFate>();
    const { seen, send, wait } = play(run, { readFate: () => fate });
    await wait(0);
    send(init, ping);
    await wait(31 * SECOND);
    expect(fate.observed).toBe(true);
    send(ping);
    expect(fate.observed).toBe(false);
    await wait(29 * SECOND);
    send(complete);
    expect([seen.isComplete, seen.error]).toEqual([true, undefined]);
    await wait(60 * SECOND);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rests while the reader pauses the socket", async () => {
    const body = liveBody();
    const { execution } = scriptedExecd({ "POST /base/command": { live: body }, "DELETE *": {} });
    const events = execution.commands.iterate("x", { highWaterMark: 4 })[Symbol.asyncIterator]();
    const first = events.next();
    await vi.advanceTimersByTimeAsync(0);
    body.send(executionFrames([init, ping, output, output, output, output]));
    expect(await first).toMatchObject({ done: false });
    await vi.advanceTimersByTimeAsync(3_600 * SECOND);
    for (let nth = 0; nth < 5; nth += 1) expect(await events.next()).toMatchObject({ done: false });
    const next = events.next().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30 * SECOND - 1);
    await vi.advanceTimersByTimeAsync(LATE_MS + 1);
    expect(await next).toMatchObject({ code: "stream-stalled" });
    await vi.advanceTimersByTimeAsync(60 * SECOND);
  });

  it("for any gaps between events, accuses at the first gap that is too long and at no other", async () => {
    const gap = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 29_990 }) },
      { weight: 1, arbitrary: fc.integer({ min: 30_000 + LATE_MS, max: 200_000 }) },
    );
    const ends = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(gap, fc.constantFrom<ExecutionEvent>(ping, output)), { maxLength: 12 }),
        async (steps) => {
          const { seen, send, wait } = play();
          await wait(0);
          send(init);
          let isArmed = false;
          let isAccused = false;
          for (const [ms, event] of steps) {
            await wait(ms);
            isAccused ||= isArmed && ms >= 30_000;
            expect(seen.error?.code).toBe(isAccused ? "stream-stalled" : undefined);
            if (isAccused) break;
            send(event);
            isArmed ||= event.type === "ping";
          }
          ends.add(isAccused);
          if (!isAccused) send(complete);
          await wait(60 * SECOND);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
    expect(ends.size).toBe(2);
  });

  it("starts no watch for a stream that is over", async () => {
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: byteScript(executionFrames([init, ping, complete])) },
    });
    execution.commands.run("x", { timeoutSeconds: 5 }).subscribe();
    await vi.advanceTimersByTimeAsync(10);
    expect(transport.active()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
