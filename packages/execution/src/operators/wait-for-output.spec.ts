import fc from "fast-check";
import { Subject, from, throwError, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { InvalidArgumentError, type SandboxError } from "@rxsandbox/transport";
import type { FollowedText } from "../transcript/transcript.js";
import { waitForOutput, type OutputMatch } from "./wait-for-output.js";

const line = (text: string, type: "stdout" | "stderr" = "stdout"): ExecutionEvent => ({
  type,
  text,
  unit: "line",
  timestamp: 1,
});
const output = (text: string): FollowedText => ({ type: "output", text });
const done: ExecutionEvent = { type: "execution_complete", executionTimeMs: 1, timestamp: 2 };

function watch(source: Observable<ExecutionEvent | FollowedText>, pattern: string | RegExp, timeoutSeconds?: number) {
  const seen: { match?: OutputMatch; error?: SandboxError; isComplete: boolean } = { isComplete: false };
  const options = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  source.pipe(waitForOutput(pattern, options)).subscribe({
    next: (match) => (seen.match = match),
    error: (error: SandboxError) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  return seen;
}

describe("waitForOutput", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("emits the first match with its groups, completes, and leaves its source", () => {
    const events = new Subject<ExecutionEvent>();
    const seen = watch(events, /port (\d+)( secure)?/);
    events.next(line("starting"));
    expect(seen.match).toBeUndefined();
    events.next(line("listening on port 8080"));
    expect(seen).toEqual({ match: { text: "port 8080", groups: ["8080", undefined] }, isComplete: true });
    expect([events.observed, vi.getTimerCount()]).toEqual([false, 0]);
  });

  it("for any cut of the output into events, finds the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ["ready", "ready", []],
          [/^port (\d+)$/, "port 12345", ["12345"]],
          [/(\p{L})ready/u, "üready", ["ü"]],
          [/two\nport/, "two\nport", []],
        ) as fc.Arbitrary<[string | RegExp, string, string[]]>,
        fc.array(fc.nat({ max: 5000 }), { maxLength: 8 }),
        fc.constantFrom(0, 3000, 20_000),
        ([pattern, text, groups], cuts, before) => {
          const all = `${"noise ".repeat(before / 6)}\none\nüready two\nport 12345\nmore`;
          const at = [...new Set([0, ...cuts.map((cut) => cut % all.length), all.length - 10, all.length])].sort(
            (a, b) => a - b,
          );
          const pieces = at.slice(1).map((end, index) => output(all.slice(at[index], end)));
          const seen = watch(from(pieces), pattern);
          expect(seen.match).toEqual({ text, groups });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("lets a match at the end of the output grow for 250 ms, and not for ever", () => {
    const events = new Subject<FollowedText>();
    const seen = watch(events, /port \d+/);
    events.next(output("port 80"));
    vi.advanceTimersByTime(200);
    events.next(output("80"));
    vi.advanceTimersByTime(249);
    expect(seen.match).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(seen.match?.text).toBe("port 8080");
    const endless = new Subject<FollowedText>();
    const greedy = watch(endless, /x[^]*/);
    for (let count = 0; count < 20; count += 1) endless.next(output("x".repeat(1000)));
    expect(greedy.match?.text.length).toBeLessThanOrEqual(6000);
  });

  it("looks at stdout and stderr apart", () => {
    const seen = watch(from([line("a"), line("b", "stderr"), line("c"), line("d", "stderr")]), /b\nd/);
    expect(seen.match?.text).toBe("b\nd");
    expect(watch(from([line("a"), line("b", "stderr"), done]), /a\nb/).error?.code).toBe("command-failed");
  });

  it("says that the time is over, or that the command has ended", () => {
    const late = watch(new Subject<ExecutionEvent>(), /x/, 5);
    vi.advanceTimersByTime(5000);
    expect(late.error).toMatchObject({ code: "timeout" });
    expect(late.error?.message).toContain("nothing matched /x/ within 5 s");
    const over = watch(from([line("a"), done]), "never");
    expect(over.error?.message).toContain("exited with 0 before its output matched never");
    const lost = new Error("lost");
    expect(
      watch(
        throwError(() => lost),
        "x",
      ).error,
    ).toBe(lost);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has no memory of earlier subscriptions, and throws at the call for wrong arguments", () => {
    const sticky = /a/gy;
    expect([1, 2].map(() => watch(from([line("xa")]), sticky).match?.text)).toEqual(["a", "a"]);
    expect(() => waitForOutput("")).toThrow(InvalidArgumentError);
    expect(() => waitForOutput("x".repeat(4097))).toThrow("pattern");
    expect(() => waitForOutput("x", { timeoutSeconds: 0 })).toThrow("timeoutSeconds");
    expect(() => waitForOutput(1 as unknown as string)).toThrow("pattern");
  });
});
