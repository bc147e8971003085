import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Observable } from "rxjs";
import { byteScript, executionFrames, type ByteStep, type HttpAnswer } from "@rxsandbox/testkit";
import { scriptedExecd } from "./testing/scripted-execd.js";

const timers = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] as const;

/**
 * A run as a timeline in ms: address known, head, init, output, terminal event. Times are even, moments of leaving odd:
 * never both at once.
 */
interface Timeline {
  readonly resolveMs: number;
  readonly headMs: number;
  readonly initMs: number;
  readonly outputMs: number;
  readonly endMs: number;
  readonly answer: "stream" | "refused" | "cut" | "broken";
  /** What the daemon says to the interrupt. */
  readonly interrupt: "ok" | "gone" | "over" | "fails";
}

const even = (max: number): fc.Arbitrary<number> => fc.nat({ max: max / 2 }).map((half) => 2 * half + 2);
const timeline: fc.Arbitrary<Timeline> = fc.record({
  resolveMs: even(100),
  headMs: even(1000),
  initMs: fc.oneof({ weight: 4, arbitrary: even(1000) }, { weight: 1, arbitrary: even(20_000) }),
  outputMs: even(1000),
  endMs: even(1000),
  answer: fc.oneof(
    { weight: 6, arbitrary: fc.constant("stream" as const) },
    { weight: 2, arbitrary: fc.constantFrom("refused" as const, "cut" as const, "broken" as const) },
  ),
  interrupt: fc.constantFrom("ok" as const, "gone" as const, "over" as const, "fails" as const),
});

const interruptAnswers: Readonly<Record<Timeline["interrupt"], HttpAnswer>> = {
  ok: {},
  gone: { status: 500, json: { code: "RUNTIME_ERROR", message: "error interruptting code context. no such session" } },
  over: {
    status: 500,
    json: { code: "RUNTIME_ERROR", message: "error interruptting code context. command session c is not running" },
  },
  fails: {
    status: 500,
    json: { code: "RUNTIME_ERROR", message: "error interruptting code context. operation not permitted" },
  },
};

const frames = {
  init: executionFrames([{ type: "init", id: "c", timestamp: 1 }]),
  output: executionFrames([{ type: "stdout", text: "out", unit: "line", timestamp: 2 }]),
  end: executionFrames([{ type: "execution_complete", executionTimeMs: 1, timestamp: 3 }]),
};

function answer({ headMs, initMs, outputMs, endMs, answer: kind }: Timeline): HttpAnswer {
  if (kind === "refused")
    return { status: 400, json: { code: "INVALID_REQUEST_BODY", message: "no" }, delayMs: headMs };
  const beforeInit: ByteStep[] = [{ kind: "delay", ms: initMs }];
  const lost: ByteStep[] = kind === "cut" ? beforeInit : [...beforeInit, { kind: "fail", failure: "reset" }];
  const whole: ByteStep[] = [
    ...beforeInit,
    ...byteScript(frames.init),
    { kind: "delay", ms: outputMs },
    ...byteScript(frames.output),
    { kind: "delay", ms: endMs },
    ...byteScript(frames.end),
    // The tail, in which the body stays open (`execd.md` 2.4).
    { kind: "delay", ms: 1000 },
  ];
  return { delayMs: headMs, body: kind === "stream" ? whole : lost };
}

/**
 * What has to be sent when the subscriber leaves at `t`, told from the clause and not from the code (`architecture.md`
 * 2, Cancellation).
 */
function expectation(
  line: Timeline,
  t: number,
  call: string,
  endsRemotely: boolean,
): { readonly sent: readonly string[]; readonly cleanupFails: boolean } {
  const sentAt = line.resolveMs;
  const initAt = sentAt + line.headMs + line.initMs;
  const endAt = initAt + line.outputMs + line.endMs;
  if (t < sentAt) return { sent: [], cleanupFails: false };
  if (!endsRemotely) return { sent: [call], cleanupFails: false };
  if (line.answer === "refused") {
    const tooLate = sentAt + line.headMs - t > 10_000;
    return { sent: [call], cleanupFails: t < sentAt + line.headMs && tooLate };
  }
  if (line.answer !== "stream") {
    // A body that ends before its init, cleanly or not, leaves it unknown whether a command runs (execd.md 2.4).
    return { sent: [call], cleanupFails: t < initAt };
  }
  if (t > endAt) return { sent: [call], cleanupFails: false };
  if (initAt - t > 10_000) return { sent: [call], cleanupFails: true };
  return { sent: [call, "DELETE /command?id=c"], cleanupFails: line.interrupt === "fails" };
}

describe("unsubscribe", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: [...timers] }));
  afterEach(() => void vi.useRealTimers());

  async function leave(
    line: Timeline,
    t: number,
    start: (execd: ReturnType<typeof scriptedExecd>) => Observable<unknown>,
  ) {
    const execd = scriptedExecd(
      {
        "POST /base/command": answer(line),
        "POST /base/session/s/run": answer(line),
        "DELETE /base/command": interruptAnswers[line.interrupt],
      },
      { resolveMs: line.resolveMs },
    );
    let isGone = false;
    let after = 0;
    const count = (): void => {
      if (isGone) after += 1;
    };
    const subscription = start(execd).subscribe({ next: count, error: count, complete: count });
    await vi.advanceTimersByTimeAsync(t);
    subscription.unsubscribe();
    isGone = true;
    await vi.advanceTimersByTimeAsync(60_000);
    return { ...execd, after };
  }

  const moment = fc.nat({ max: 2000 }).map((half) => 2 * half + 1);

  it("for any timeline and any moment of leaving a run, sends what has to be sent and nothing else", async () => {
    const interrupts = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(timeline, moment, async (line, t) => {
        const { sent, cleanupFailures, transport, after } = await leave(line, t, ({ execution }) =>
          execution.commands.run("x"),
        );
        const expected = expectation(line, t, "POST /command", true);
        expect(sent()).toEqual(expected.sent);
        expect(cleanupFailures().length).toBe(expected.cleanupFails ? 1 : 0);
        expect(transport.active()).toBe(0);
        expect(after).toBe(0);
        interrupts.add(expected.sent.length === 2);
      }),
      { numRuns: 1500 },
    );
    expect(interrupts.size).toBe(2);
  }, 120_000);

  it("for any timeline and any moment of leaving a detached run, never interrupts", async () => {
    await fc.assert(
      fc.asyncProperty(timeline, moment, async (line, t) => {
        const { sent, cleanupFailures, transport } = await leave(line, t, ({ execution }) =>
          execution.commands.run("x", { detached: true }),
        );
        expect(sent()).toEqual(expectation(line, t, "POST /command", false).sent);
        expect(cleanupFailures()).toEqual([]);
        expect(transport.active()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it("for any timeline and any moment of leaving a start before its handle, ends the command", async () => {
    await fc.assert(
      fc.asyncProperty(timeline, moment, async (line, t) => {
        const { sent, cleanupFailures, transport, after } = await leave(line, t, ({ execution }) =>
          execution.commands.start("x"),
        );
        const expected = expectation(line, t, "POST /command", true);
        const calls = sent();
        // A daemon that does not know the id yet is asked again for a second.
        const staysUnknown = line.interrupt === "gone" && expected.sent.length === 2;
        if (staysUnknown) {
          expect(calls.length).toBeGreaterThan(2);
          expect(calls.length).toBeLessThan(10);
          expect(new Set(calls)).toEqual(new Set(expected.sent));
        } else expect(calls).toEqual(expected.sent);
        expect(cleanupFailures().length).toBe(expected.cleanupFails || staysUnknown ? 1 : 0);
        expect(transport.active()).toBe(0);
        expect(after).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it("for any timeline and any moment of leaving a session run, closes its stream and calls nothing", async () => {
    await fc.assert(
      fc.asyncProperty(timeline, moment, async (line, t) => {
        const { sent, cleanupFailures, transport } = await leave(line, t, ({ execution }) =>
          execution.attachSession("s").run("x"),
        );
        expect(sent()).toEqual(expectation(line, t, "POST /session/s/run", false).sent);
        expect(cleanupFailures()).toEqual([]);
        expect(transport.active()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});
