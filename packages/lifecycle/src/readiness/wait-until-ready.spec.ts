import { NEVER, defer, firstValueFrom, of, throwError, toArray, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, SandboxError, createScope, isSandboxError } from "@rxsandbox/transport";
import { parseSandboxInfo, type SandboxInfo } from "../info/sandbox-info.js";
import { refusal, wireSandbox } from "../testing/fake-api.js";
import { createProbeLimit } from "./probe-limit.js";
import type { ReadyOptions } from "./ready-options.js";
import { waitUntilReady, type ReadyProgress, type ReadySubject } from "./wait-until-ready.js";

const info = (state: string) => parseSandboxInfo(wireSandbox("s", state));

interface Run {
  readonly steps: ReadyProgress[];
  readonly calls: string[];
  error?: SandboxError;
  done: boolean;
}

function run(
  parts: Partial<Record<"locate" | "ping" | "getInfo", (nth: number) => Observable<unknown>>>,
  options: ReadyOptions<SandboxInfo> = {},
  state = "Running",
): Run {
  const result: Run = { steps: [], calls: [], done: false };
  const counted = (name: "locate" | "ping" | "getInfo", otherwise: Observable<unknown>) => {
    let nth = 0;
    return defer(() => {
      result.calls.push(name);
      return parts[name]?.(++nth) ?? otherwise;
    });
  };
  const subject: ReadySubject = {
    info: info(state),
    locate: counted("locate", of({})),
    ping: counted("ping", of(undefined)),
    getInfo: counted("getInfo", of(info("Running"))) as Observable<SandboxInfo>,
    limit: createProbeLimit(16),
  };
  waitUntilReady(subject, options).subscribe({
    next: (step) => result.steps.push(step),
    error: (error: SandboxError) => {
      result.error = error;
    },
    complete: () => {
      result.done = true;
    },
  });
  return result;
}

describe("waitUntilReady", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("probes at once and asks nothing more when the first ping answers", () => {
    const result = run({});
    expect(result.steps.map(({ phase }) => phase)).toEqual(["probing", "ready"]);
    expect(result.calls).toEqual(["locate", "ping"]);
    expect(result.done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["an endpoint without address", () => refusal(404, "KUBERNETES::POD_IP_NOT_AVAILABLE", "not-found")],
    ["500", () => refusal(500)],
    ["502", () => refusal(502)],
    ["503", () => refusal(503, undefined, "unavailable")],
  ])("takes %s from the look-up for not yet", (_, answer) => {
    const result = run({ locate: (nth) => (nth < 3 ? answer() : of({})) });
    vi.advanceTimersByTime(200);
    expect(
      result.steps.map((step) => (step.phase === "probing" ? [step.attempt, step.cause?.status] : "ready")),
    ).toEqual([[1, undefined], [2, expect.any(Number)], [3, expect.any(Number)], "ready"]);
  });

  it.each([401, 403, 404, 500, 502])("takes %i from the ping for not yet", (status) => {
    const result = run({ ping: (nth) => (nth === 1 ? refusal(status) : of(undefined)) });
    vi.advanceTimersByTime(100);
    expect(result.done).toBe(true);
    expect(result.calls).toEqual(["locate", "ping", "getInfo", "locate", "ping"]);
  });

  it.each([
    ["401", () => refusal(401, "INVALID_API_KEY", "unauthorized"), "unauthorized"],
    ["403", () => refusal(403, undefined, "forbidden"), "forbidden"],
    ["an unknown sandbox", () => refusal(404, "DOCKER::SANDBOX_NOT_FOUND", "not-found"), "not-found"],
  ] as const)("fails at once on %s from the look-up and from the state", (_, answer, code) => {
    for (const result of [run({ locate: answer }), run({ ping: () => refusal(500), getInfo: answer })]) {
      expect(result.error?.code).toBe(code);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
  ] as const)("gives up when two pings in a row answer %i, and says what is missing", (status, code) => {
    const result = run({ ping: () => refusal(status, undefined, code) });
    vi.advanceTimersByTime(100);
    expect(result.error).toMatchObject({ code, status, retryable: false, cause: { status } });
    expect(result.error?.message).toContain(
      "; the sandbox's access token is missing or wrong: give it in sandboxHeaders, as X-EXECD-ACCESS-TOKEN",
    );
    expect(result.calls.filter((call) => call === "ping")).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps probing after refusals that are not in a row, and after those of a health check", () => {
    const mixed = run({
      ping: (nth) => (nth === 4 ? of(undefined) : nth === 2 ? refusal(502) : refusal(401, undefined, "unauthorized")),
    });
    let nth = 0;
    const checked = run({}, { healthCheck: () => ((nth += 1) === 4 ? true : refusal(401, undefined, "unauthorized")) });
    vi.advanceTimersByTime(1000);
    expect([mixed.done, checked.done]).toEqual([true, true]);
  });

  it("does not ask earlier than a Retry-After says", () => {
    const busy = throwError(() => new ApiError("unavailable", "busy", { status: 503, retryAfterSeconds: 7 }));
    const result = run({ ping: (nth) => (nth === 1 ? busy : of(undefined)) });
    vi.advanceTimersByTime(6999);
    expect(result.calls.filter((call) => call === "ping")).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(result.done).toBe(true);
  });

  it.each(["Failed", "Terminated"])("fails at once when the sandbox is %s", (state) => {
    const late = run({ ping: () => refusal(502), getInfo: () => of(info(state)) });
    vi.advanceTimersByTime(0);
    expect(late.error?.code).toBe("sandbox-failed");
    const early = run({}, {}, state);
    expect(early.error?.code).toBe("sandbox-failed");
    expect(early.calls).toEqual([]);
  });

  it.each(["Pending", "Allocated", "Paused", "Resuming", "Unknown"])("keeps probing while the state is %s", (state) => {
    const result = run({ ping: (nth) => (nth < 4 ? refusal(502) : of(undefined)), getInfo: () => of(info(state)) });
    vi.advanceTimersByTime(1000);
    expect(result.done).toBe(true);
  });

  it("keeps probing when the state cannot be read", () => {
    const result = run({ ping: (nth) => (nth === 1 ? refusal(502) : of(undefined)), getInfo: () => refusal(500) });
    vi.advanceTimersByTime(100);
    expect(result.done).toBe(true);
  });

  it("names the last cause when the time is up, even while a probe hangs", () => {
    const result = run({ ping: (nth) => (nth < 3 ? refusal(502) : NEVER) }, { readyTimeoutSeconds: 2 });
    vi.advanceTimersByTime(1999);
    expect(result.error).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(result.error).toMatchObject({ code: "ready-timeout", sandboxId: "s", probes: 3, cause: { status: 502 } });
    expect(result.error?.message).toContain("after 2 s and 3 probes: refused");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says where the last probe went and what to do, when the time is up", () => {
    const text = {
      what: "Ping sandbox",
      method: "GET",
      path: "/ping",
      detail: "cannot connect to 10.0.0.1:80",
      advice: "use the proxy",
    };
    const result = run({ ping: () => throwError(() => new SandboxError("network", text)) }, { readyTimeoutSeconds: 1 });
    vi.advanceTimersByTime(1000);
    expect(result.error?.message).toMatch(
      /^Sandbox s was not ready after 1 s and \d+ probes: Ping sandbox: cannot connect to 10\.0\.0\.1:80; use the proxy \[ready-timeout\]$/,
    );
  });

  it("waits longer than a timer of the platform can, for the next probe and in all", () => {
    const result = run({ ping: () => refusal(502) }, { readyTimeoutSeconds: 4e6, healthCheckPollingInterval: 3e9 });
    vi.advanceTimersByTime(3e9 - 1);
    expect(result.calls.filter((call) => call === "ping")).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(result.calls.filter((call) => call === "ping")).toHaveLength(2);
    vi.advanceTimersByTime(1e9);
    expect(result.error?.code).toBe("ready-timeout");
  });

  it("backs off: a minute of refusals costs fewer than sixty probes", () => {
    const result = run({ ping: () => refusal(502) }, { readyTimeoutSeconds: 60 });
    vi.advanceTimersByTime(60_000);
    expect(result.error?.code).toBe("ready-timeout");
    expect(result.calls.filter((call) => call === "ping").length).toBeLessThan(60);
  });

  it("uses a fixed interval when one is given", () => {
    const result = run({ ping: () => refusal(502) }, { readyTimeoutSeconds: 1, healthCheckPollingInterval: 100 });
    vi.advanceTimersByTime(1000);
    expect(result.calls.filter((call) => call === "ping")).toHaveLength(10);
  });

  it.each([
    ["a boolean", (isHealthy: boolean) => isHealthy],
    ["an Observable", (isHealthy: boolean) => of(isHealthy)],
    ["an error", (isHealthy: boolean) => (isHealthy ? true : throwError(() => new Error("no")))],
    ["an empty Observable", (isHealthy: boolean) => (isHealthy ? true : of<boolean>())],
  ])("accepts a health check that gives %s, in place of the ping", (_, answer) => {
    let nth = 0;
    const result = run({}, { healthCheck: () => answer(++nth === 3) });
    vi.advanceTimersByTime(1000);
    expect(result.done).toBe(true);
    expect(nth).toBe(3);
    expect(result.calls).not.toContain("ping");
  });

  it("accepts a health check that gives a Promise", async () => {
    const result = run({}, { healthCheck: () => Promise.resolve(true) });
    await vi.advanceTimersByTimeAsync(0);
    expect(result.done).toBe(true);
  });

  it("takes a health check that throws or hangs for not yet", () => {
    let nth = 0;
    const result = run(
      {},
      {
        readyTimeoutSeconds: 60,
        healthCheck: () => {
          nth += 1;
          if (nth === 1) throw new Error("no");
          return nth === 2 ? NEVER : true;
        },
      },
    );
    vi.advanceTimersByTime(15_000);
    expect(
      result.steps.flatMap((step) => (step.phase === "probing" && step.cause !== undefined ? [step.cause.code] : [])),
    ).toEqual(["unavailable", "timeout"]);
    expect(result.done).toBe(true);
  });

  it("counts from the start for each subscription", async () => {
    const subject: ReadySubject = {
      info: info("Running"),
      locate: of({}),
      ping: of(undefined),
      getInfo: NEVER,
      limit: createProbeLimit(1),
    };
    const waiting = waitUntilReady(subject, {});
    const attempts = async () =>
      (await firstValueFrom(waiting.pipe(toArray()))).flatMap((step) =>
        step.phase === "probing" ? [step.attempt] : [],
      );
    expect(await attempts()).toEqual([1]);
    expect(await attempts()).toEqual([1]);
  });

  it("errors with closed when the client closes, also during a pause", () => {
    const scope = createScope();
    const errors: unknown[] = [];
    const subject: ReadySubject = {
      info: info("Running"),
      locate: of({}),
      ping: refusal(502),
      getInfo: of(info("Running")),
      limit: createProbeLimit(1),
      scope,
    };
    waitUntilReady(subject, {}).subscribe({ error: (error: unknown) => errors.push(error) });
    vi.advanceTimersByTime(10);
    expect(errors).toEqual([]);
    void scope.close();
    expect(errors).toMatchObject([{ code: "closed" }]);
  });

  it("leaves nothing running when it is unsubscribed", () => {
    const subject: ReadySubject = {
      info: info("Running"),
      locate: of({}),
      ping: refusal(502),
      getInfo: of(info("Running")),
      limit: createProbeLimit(1),
    };
    const subscription = waitUntilReady(subject, {}).subscribe({
      error: (error) => expect(isSandboxError(error)).toBe(true),
    });
    vi.advanceTimersByTime(5000);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});
