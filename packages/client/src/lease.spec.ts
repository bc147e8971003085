import fc from "fast-check";
import { NEVER, Observable, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SandboxError, SandboxGoneError, type SandboxErrorCode } from "@rxsandbox/transport";
import { lease, type LeaseOptions, type LeaseState } from "./lease.js";

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** A sandbox on a server whose clock runs true; it lives until its expiry, which renewals move. */
function world(isReachable: (seconds: number) => boolean = () => true) {
  const startMs = performance.now();
  const nowMs = () => performance.now() - startMs;
  const server = { expiresMs: 30 * SECOND_MS, renewals: 0, answerMs: 5, isKilled: false };
  const sandbox = {
    id: "s",
    renew: (ttlSeconds: number) =>
      new Observable<Date>((subscriber) => {
        if (!isReachable(nowMs() / SECOND_MS)) return subscriber.error(refusal("network"));
        const timer = setTimeout(
          () => {
            if (server.isKilled || nowMs() > server.expiresMs) return subscriber.error(gone());
            server.renewals += 1;
            server.expiresMs = nowMs() + ttlSeconds * SECOND_MS;
            subscriber.next(new Date(server.expiresMs));
            subscriber.complete();
          },
          Math.min(server.answerMs, HOUR_MS),
        );
        return () => clearTimeout(timer);
      }),
  };
  return { server, sandbox, nowMs, leftMs: () => server.expiresMs - nowMs() };
}

function refusal(code: SandboxErrorCode): SandboxError {
  return new SandboxError(code, "refused", { retryable: code === "network" });
}

function gone(): SandboxGoneError {
  return new SandboxGoneError("gone", { sandboxId: "s", state: undefined });
}

function watch(sandbox: Parameters<typeof lease>[0], options: LeaseOptions = { ttlSeconds: 60 }) {
  const states: LeaseState[] = [];
  let isComplete = false;
  const subscription = lease(sandbox, options).subscribe({
    next: (state) => states.push(state),
    complete: () => (isComplete = true),
  });
  return { states, last: () => states.at(-1), isComplete: () => isComplete, subscription };
}

describe("lease", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("holds a sandbox for 24 hours with three to four requests per TTL", () => {
    const { sandbox, server, leftMs } = world();
    const { states, subscription } = watch(sandbox);
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      vi.advanceTimersByTime(60 * SECOND_MS);
      expect(leftMs()).toBeGreaterThan(30 * SECOND_MS);
    }
    expect(server.renewals).toBeGreaterThan(24 * 60 * 2.7);
    expect(server.renewals).toBeLessThan(24 * 60 * 3.4);
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["held"]));
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends nothing before subscribe, renews once per subscription, and shortens nothing at the end", () => {
    const { sandbox, server, leftMs } = world();
    const held = lease(sandbox, { ttlSeconds: 60 });
    vi.advanceTimersByTime(10);
    expect(server.renewals).toBe(0);
    const subscriptions = [held.subscribe(), held.subscribe()];
    vi.advanceTimersByTime(10);
    expect(server.renewals).toBe(2);
    for (const subscription of subscriptions) subscription.unsubscribe();
    vi.advanceTimersByTime(30 * SECOND_MS);
    expect(server.renewals).toBe(2);
    expect(leftMs()).toBeGreaterThan(29 * SECOND_MS);
  });

  it("spreads renewals of many leases", () => {
    const { sandbox } = world();
    const at: number[] = [];
    const startMs = performance.now();
    for (let index = 0; index < 200; index += 1) {
      let isFirst = true;
      lease(sandbox, { ttlSeconds: 60 }).subscribe(() => {
        if (!isFirst) at.push(performance.now() - startMs);
        isFirst = false;
      });
    }
    vi.advanceTimersByTime(23 * SECOND_MS);
    expect(at).toHaveLength(200);
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(3 * SECOND_MS);
  });

  it("is late while renewals fail, and held again after an outage shorter than the TTL", () => {
    const { sandbox, leftMs } = world((seconds) => seconds < 10 || seconds > 45);
    const { states, last } = watch(sandbox);
    vi.advanceTimersByTime(30 * SECOND_MS);
    expect(last()).toMatchObject({ state: "late", error: { code: "network" } });
    vi.advanceTimersByTime(20 * SECOND_MS);
    expect(last()).toMatchObject({ state: "held" });
    expect(leftMs()).toBeGreaterThan(50 * SECOND_MS);
    // Retries are spaced: an outage of 35 s costs few of them.
    expect(states.filter(({ state }) => state === "late").length).toBeLessThan(12);
  });

  it("is late when a request stays unanswered, and lost before the sandbox is gone", () => {
    const silent = { id: "s", renew: () => NEVER };
    const { states, last, isComplete } = watch(silent);
    vi.advanceTimersByTime(49 * SECOND_MS);
    expect(last()).toMatchObject({ state: "late", error: { code: "timeout" }, expiresAt: undefined });
    vi.advanceTimersByTime(2 * SECOND_MS);
    expect(last()).toMatchObject({ state: "lost", reason: "not-renewed", error: { code: "timeout" } });
    expect(isComplete()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(states.filter(({ state }) => state === "lost")).toHaveLength(1);
  });

  it.each([
    ["gone", gone()],
    ["gone", refusal("not-found")],
    ["refused", refusal("invalid-state")],
    ["refused", refusal("unsupported")],
    ["closed", refusal("closed")],
  ] as const)("is lost as %s at once when no later try can succeed", (reason, error) => {
    const { states, isComplete } = watch({ id: "s", renew: () => throwError(() => error) });
    expect(states).toEqual([{ state: "lost", reason, expiresAt: undefined, error }]);
    expect(isComplete()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on through refusals that may pass, such as those of a server with a wrong clock", () => {
    let tries = 0;
    const sandbox = {
      id: "s",
      renew: () => ((tries += 1) < 3 ? throwError(() => refusal("invalid-request")) : of(new Date(60_000))),
    };
    const { states } = watch(sandbox);
    vi.advanceTimersByTime(5 * SECOND_MS);
    expect(states.map(({ state }) => state)).toEqual(["late", "late", "held"]);
  });

  it("sees a kill at the next renewal", () => {
    const { sandbox, server } = world();
    const { last } = watch(sandbox);
    vi.advanceTimersByTime(SECOND_MS);
    server.isKilled = true;
    vi.advanceTimersByTime(23 * SECOND_MS);
    expect(last()).toMatchObject({ state: "lost", reason: "gone" });
  });

  describe("when the wall clock jumps", () => {
    it("renews soon after it was set ahead, and stays held", () => {
      const { sandbox, server } = world();
      const { states } = watch(sandbox);
      vi.advanceTimersByTime(SECOND_MS);
      vi.setSystemTime(Date.now() + 5 * HOUR_MS);
      vi.advanceTimersByTime(6 * SECOND_MS);
      expect(server.renewals).toBe(2);
      expect(states.at(-1)).toMatchObject({ state: "held" });
      expect(states.some(({ state }) => state === "lost")).toBe(false);
    });

    it("goes on by the monotonic clock after it was set back", () => {
      const { sandbox, leftMs } = world();
      watch(sandbox);
      vi.advanceTimersByTime(SECOND_MS);
      vi.setSystemTime(Date.now() - 5 * HOUR_MS);
      for (let minute = 0; minute < 10; minute += 1) {
        vi.advanceTimersByTime(60 * SECOND_MS);
        expect(leftMs()).toBeGreaterThan(30 * SECOND_MS);
      }
    });

    it("finds after a sleep that the sandbox expired meanwhile", () => {
      const { sandbox, server } = world();
      const { states } = watch(sandbox);
      vi.advanceTimersByTime(SECOND_MS);
      // A suspended machine: the wall clock goes on, the monotonic one and the timers do not.
      vi.setSystemTime(Date.now() + 5 * HOUR_MS);
      server.isKilled = true;
      vi.advanceTimersByTime(6 * SECOND_MS);
      expect(states.at(-1)).toMatchObject({ state: "lost", reason: "gone" });
    });

    it("asks once more after a sleep, and is lost when that fails too", () => {
      let isUp = true;
      const { sandbox } = world(() => isUp);
      const { states } = watch(sandbox);
      vi.advanceTimersByTime(SECOND_MS);
      vi.setSystemTime(Date.now() + 5 * HOUR_MS);
      isUp = false;
      vi.advanceTimersByTime(6 * SECOND_MS);
      expect(states.at(-1)).toMatchObject({ state: "lost", reason: "not-renewed", error: { code: "network" } });
    });
  });

  it("for any outages and delays, tells the truth: a sandbox that has ended is never called held or late", () => {
    const outage = fc.record({
      fromSeconds: fc.integer({ min: 0, max: 600 }),
      seconds: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(outage, { maxLength: 6 }), fc.integer({ min: 0, max: 9_000 }), (outages, answerMs) => {
        const { sandbox, server, leftMs } = world(
          (seconds) => !outages.some((out) => seconds >= out.fromSeconds && seconds < out.fromSeconds + out.seconds),
        );
        server.expiresMs = 60 * SECOND_MS;
        server.answerMs = answerMs;
        const { states, subscription, last } = watch(sandbox);
        for (let second = 0; second < 700 && last()?.state !== "lost"; second += 1) {
          vi.advanceTimersByTime(SECOND_MS);
          expect(leftMs()).toBeGreaterThan(0);
        }
        subscription.unsubscribe();
        // Lost only where an outage lasted: with half of the TTL to spare there is always time to try again.
        if (outages.length === 0) expect(states.every(({ state }) => state === "held")).toBe(true);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [{ ttlSeconds: 9 }, "ttlSeconds"],
    [{ ttlSeconds: Infinity }, "ttlSeconds"],
    [{ ttlSeconds: 60, marginSeconds: 31 }, "marginSeconds"],
    [{ ttlSeconds: 60, marginSeconds: 0 }, "marginSeconds"],
    [{ ttlSeconds: 60, everySeconds: 3 }, "everySeconds"],
  ])("refuses %j by the name of the option", (options, argument) => {
    expect(() => lease({ id: "s", renew: () => NEVER }, options)).toThrow(expect.objectContaining({ argument }));
  });
});
