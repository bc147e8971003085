import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  concat,
  connect,
  defer,
  from,
  ignoreElements,
  lastValueFrom,
  merge,
  of,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
  toArray,
} from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionEvent, RunFacts } from "@rxsandbox/protocol";
import {
  abortWith,
  collectOutput,
  exitCode,
  liveness,
  outputLines,
  stderrText,
  stdoutLines,
  stdoutText,
  throwOnFailure,
  toExecution,
  type RunOutcome,
} from "../index.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const ping = { type: "ping", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const out = (text: string, type: "stdout" | "stderr" = "stdout", unit: "line" | "chunk" = "line"): ExecutionEvent => ({
  type,
  text,
  unit,
  timestamp: 1,
});
const failure = (value: string, ...traceback: string[]): ExecutionEvent => ({
  type: "error",
  error: { name: "CommandExecError", value, traceback },
  timestamp: 2,
});
const facts = (given: Partial<RunFacts>): RunFacts => ({
  kind: "command",
  source: "",
  reachedTimeout: false,
  ...given,
});
const run = (...events: ExecutionEvent[]): Observable<ExecutionEvent> => from([init, ...events]);

describe("stdoutText", () => {
  it("rebuilds the text of a command, blank lines included, and keeps the streams apart", async () => {
    const events = run(out("one"), out("\n"), out("two"), out("oops", "stderr"), complete);
    expect(await lastValueFrom(events.pipe(stdoutText()))).toBe("one\n\ntwo\n");
    expect(await lastValueFrom(events.pipe(stderrText()))).toBe("oops\n");
  });

  it("adds no second line end where a server left it on, and takes chunks as they came", async () => {
    expect(await lastValueFrom(run(out("one\n"), out("two"), complete).pipe(stdoutText()))).toBe("one\ntwo\n");
    expect(
      await lastValueFrom(
        run(out("a", "stdout", "chunk"), out("b\nc", "stdout", "chunk"), complete).pipe(stdoutText()),
      ),
    ).toBe("ab\nc");
  });

  it("emits an empty text for a silent command and errors as its source", async () => {
    expect(await lastValueFrom(run(complete).pipe(stdoutText()))).toBe("");
    const lost = concat(
      run(out("x")),
      throwError(() => new Error("lost")),
    );
    await expect(lastValueFrom(lost.pipe(stdoutText()))).rejects.toThrow("lost");
  });
});

describe("outputLines", () => {
  it("labels lines as they arrive and takes off line ends", async () => {
    const lines = await lastValueFrom(
      run(out("a"), out("b", "stderr"), out("\n"), out("c\r\n"), complete).pipe(outputLines(), toArray()),
    );
    expect(lines).toEqual([
      { stream: "stdout", text: "a" },
      { stream: "stderr", text: "b" },
      { stream: "stdout", text: "" },
      { stream: "stdout", text: "c" },
    ]);
  });

  it("cuts chunks at line ends across events and flushes the rest", async () => {
    const chunks = ["a", "b\nc\r", "\n", "\nd"].map((text) => out(text, "stdout", "chunk"));
    expect(await lastValueFrom(run(...chunks, complete).pipe(stdoutLines(), toArray()))).toEqual(["ab", "c", "", "d"]);
  });
});

describe("toExecution", () => {
  it.each([
    [complete, { kind: "exited", exitCode: 0 }],
    [failure("3", "exit status 3"), { kind: "exited", exitCode: 3 }],
    [failure(" 143 "), { kind: "exited", exitCode: 143 }],
    [failure("-1", "signal: killed"), { kind: "signalled", signal: "killed", probablyTimedOut: false }],
    [
      failure("-1", "signal: segmentation fault"),
      { kind: "signalled", signal: "segmentation fault", probablyTimedOut: false },
    ],
    [failure("-1"), { kind: "exited", exitCode: -1 }],
    [
      failure("fork/exec /usr/bin/bash: operation not permitted"),
      {
        kind: "failed",
        error: { name: "CommandExecError", value: "fork/exec /usr/bin/bash: operation not permitted", traceback: [] },
      },
    ],
  ] as const)("tells the end of %j", async (terminal, end) => {
    expect(await lastValueFrom(run(terminal).pipe(toExecution()))).toMatchObject({ id: "c", end });
  });

  it("keeps the beginning and the end of more output than the bound, and says so", async () => {
    const lines = Array.from({ length: 100 }, (_, index) => out(`line ${String(index).padStart(2, "0")}`));
    const { stdout } = await lastValueFrom(run(...lines, complete).pipe(toExecution({ maxOutputBytes: 32 })));
    expect(stdout).toEqual({ text: "line 00\nline 01\nline 98\nline 99\n", truncated: true, omittedBytes: 96 * 8 });
  });

  it("never cuts inside a character", async () => {
    const { stdout } = await lastValueFrom(
      run(out("😀".repeat(20)), complete).pipe(toExecution({ maxOutputBytes: 21 })),
    );
    // Half of the bound takes two characters; what they leave of it goes to the end.
    expect(stdout.text).toBe(`${"😀".repeat(2)}${"😀".repeat(3)}\n`);
    expect(stdout).toMatchObject({ truncated: true, omittedBytes: 60 });
  });

  it("errors when its source completes without an end", async () => {
    await expect(lastValueFrom(run(out("x")).pipe(toExecution()))).rejects.toMatchObject({ code: "protocol" });
  });

  it.each([-1, Number.NaN])("refuses the bound %d at the call", (maxOutputBytes) => {
    expect(() => toExecution({ maxOutputBytes })).toThrow(expect.objectContaining({ argument: "maxOutputBytes" }));
  });
});

describe("exitCode", () => {
  it.each([
    [complete, 0],
    [failure("7"), 7],
    [failure("-1", "signal: killed"), -1],
    [failure("no"), null],
  ] as const)("of %j is %j", async (terminal, code) => {
    expect(await lastValueFrom(run(terminal).pipe(exitCode()))).toBe(code);
  });
});

describe("throwOnFailure", () => {
  it("passes a success through", async () => {
    expect(await lastValueFrom(run(complete).pipe(throwOnFailure(), toArray()))).toEqual([init, complete]);
  });

  it("errors with the end instead of a failure", async () => {
    await expect(lastValueFrom(run(failure("3")).pipe(throwOnFailure()))).rejects.toMatchObject({
      code: "command-failed",
      end: { kind: "exited", exitCode: 3 },
      exitCode: 3,
      signal: null,
      command: "",
      message: "The command exited with 3 [command-failed]",
    });
  });

  it("names the command and keeps the tail of each stream", async () => {
    const killed = { ...failure("-1", "signal: killed"), run: facts({ source: "make test\nmake lint" }) };
    const events = run(out("😀".repeat(3000)), out("first"), out("last"), out("oops", "stderr"), killed);
    await expect(lastValueFrom(events.pipe(throwOnFailure()))).rejects.toMatchObject({
      exitCode: null,
      signal: "killed",
      command: "make test\nmake lint",
      message: "The command was ended by a signal (killed): make test … [command-failed]",
      stdout: `${"😀".repeat(2042)}\nfirst\nlast\n`,
      stderr: "oops\n",
    });
  });
});

describe("collectOutput", () => {
  const collected = (events: Observable<ExecutionEvent>) => lastValueFrom(events.pipe(collectOutput()));
  const lost = new Error("lost");

  it("gives the output of a run that ended, as toExecution does", async () => {
    const events = run(out("a"), out("b", "stderr"), failure("3"));
    const { end, ...output } = await lastValueFrom(events.pipe(toExecution()));
    expect(await collected(events)).toEqual({ ...output, outcome: { kind: "ended", end } });
  });

  const aborted = defer(() => {
    const abort = new AbortController();
    queueMicrotask(() => abort.abort());
    return concat(run(out("a")), NEVER).pipe(abortWith(abort.signal));
  });

  it.each<[string, Observable<ExecutionEvent>, RunOutcome]>([
    ["take", run(out("a"), out("b"), complete).pipe(take(2)), { kind: "cancelled" }],
    ["takeUntil", concat(run(out("a")), NEVER).pipe(takeUntil(timer(10))), { kind: "cancelled" }],
    ["abortWith", aborted, { kind: "cancelled" }],
    [
      "an error",
      concat(
        run(out("a")),
        throwError(() => lost),
      ),
      { kind: "lost", error: lost },
    ],
    [
      "a reason that is text",
      concat(
        run(out("a")),
        throwError(() => "stop"),
      ),
      { kind: "lost", error: "stop" },
    ],
  ])("keeps what came before %s", async (_, events, outcome) => {
    expect(await collected(events)).toMatchObject({ id: "c", stdout: { text: "a\n" }, error: null, outcome });
  });

  it("emits for an empty source too, and nothing to who unsubscribed", async () => {
    expect(await collected(EMPTY)).toMatchObject({ id: "", outcome: { kind: "cancelled" } });
    const seen: unknown[] = [];
    concat(run(out("a")), NEVER)
      .pipe(collectOutput())
      .subscribe((value) => seen.push(value))
      .unsubscribe();
    expect(seen).toEqual([]);
  });

  it("refuses a wrong bound at the call", () => {
    expect(() => collectOutput({ maxOutputBytes: -1 })).toThrow(/maxOutputBytes/);
  });
});

describe("toExecution", () => {
  it("says that an operator cut the run, and what to use", async () => {
    await expect(lastValueFrom(run(out("a")).pipe(toExecution()))).rejects.toMatchObject({
      code: "protocol",
      message: expect.stringMatching(/cut by an operator before toExecution.*collectOutput\(\)/),
    });
  });
});

describe("one run, several views", () => {
  it("serves all of them from one subscription", async () => {
    let subscriptions = 0;
    const lines: string[] = [];
    const source = new Observable<ExecutionEvent>((subscriber) => {
      subscriptions += 1;
      return run(out("a"), complete).subscribe(subscriber);
    });
    const views = source.pipe(
      connect((events) =>
        merge(
          events.pipe(
            stdoutLines(),
            tap((line) => lines.push(line)),
            ignoreElements(),
          ),
          events.pipe(liveness(), ignoreElements()),
          events.pipe(toExecution()),
        ),
      ),
    );
    expect(await lastValueFrom(views)).toMatchObject({ end: { kind: "exited", exitCode: 0 } });
    expect(lines).toEqual(["a"]);
    expect(subscriptions).toBe(1);
  });
});

describe("liveness", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("goes through its states", () => {
    const events = new Subject<ExecutionEvent>();
    const states: string[] = [];
    const subscription = events
      .pipe(liveness())
      .subscribe({ next: (state) => states.push(state), complete: () => states.push("completed") });
    expect(states).toEqual(["connecting"]);
    events.next(init);
    vi.advanceTimersByTime(2900);
    events.next(ping);
    vi.advanceTimersByTime(2900);
    events.next(ping);
    expect(states).toEqual(["connecting", "live", "quiet"]);
    vi.advanceTimersByTime(11_000);
    events.next(out("x"));
    events.next(complete);
    events.complete();
    expect(states).toEqual(["connecting", "live", "quiet", "stalled", "live", "ended", "completed"]);
    expect(subscription.closed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stalls also before the first event, and frees its timer on unsubscribe", () => {
    const states: string[] = [];
    const subscription = NEVER.pipe(liveness()).subscribe((state) => states.push(state));
    vi.advanceTimersByTime(11_000);
    subscription.unsubscribe();
    expect(states).toEqual(["connecting", "stalled"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("abortWith", () => {
  it("errors with the reason and unsubscribes", () => {
    const controller = new AbortController();
    let isSubscribed = true;
    let error: unknown;
    new Observable<never>(() => () => (isSubscribed = false))
      .pipe(abortWith(controller.signal))
      .subscribe({ error: (thrown: unknown) => (error = thrown) });
    controller.abort("enough");
    expect(error).toBe("enough");
    expect(isSubscribed).toBe(false);
  });

  it("does not subscribe when the signal is aborted already, and passes everything through otherwise", async () => {
    await expect(lastValueFrom(of(1).pipe(abortWith(AbortSignal.abort("no"))))).rejects.toBe("no");
    expect(await lastValueFrom(of(1, 2).pipe(abortWith(new AbortController().signal), toArray()))).toEqual([1, 2]);
  });
});
