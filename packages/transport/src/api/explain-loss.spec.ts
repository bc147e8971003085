import { NEVER, of, throwError, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, StreamStalledError, StreamTruncatedError } from "../errors/errors.js";
import { SandboxError } from "../errors/sandbox-error.js";
import { SandboxGoneError, isSandboxGone, type SandboxFate } from "../errors/sandbox-gone-error.js";
import { createTransportFailure } from "../errors/transport-failure.js";
import { explainLoss, explainSilence } from "./explain-loss.js";

const lost = (kind: "connect" | "reset" | "timeout" | "closed" | "malformed") =>
  new SandboxError(
    "network",
    { what: "Run command c", detail: "it broke", advice: "a" },
    { cause: createTransportFailure(kind, "m", { sent: true }), requestId: "r", commandId: "c" },
  );
const refusal = (status: number, serverCode?: string, body?: unknown) =>
  new ApiError("server-error", "no", { status, serverCode, body });
const truncated = new StreamTruncatedError("cut", { commandId: "c", events: 1, bytes: 2, lastEventType: "init" });

function outcomeOf(error: SandboxError, fate: Observable<SandboxFate | undefined>) {
  const seen: { reads: number; error?: SandboxError } = { reads: 0 };
  const readFate = () => {
    seen.reads += 1;
    return fate;
  };
  const subscription = explainLoss(error, readFate).subscribe({
    error: (explained: SandboxError) => (seen.error = explained),
  });
  return { seen, subscription };
}

describe("explainLoss", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["a failed connection", lost("connect")],
    ["a broken connection", lost("reset")],
    ["no answer", lost("timeout")],
    ["a stream without its end", truncated],
    ["401, of another sandbox at that address", refusal(401)],
    ["403", refusal(403)],
    ["404 of the server's proxy", refusal(404, "DOCKER::SANDBOX_NOT_FOUND")],
    ["404 of a gateway", refusal(404, undefined, "OpenSandbox Ingress: unknown sandbox")],
    ["500 of the server's proxy", refusal(500, "GENERAL::UNKNOWN_ERROR")],
    ["502 of the server's proxy", refusal(502, "GENERAL::UNKNOWN_ERROR")],
    ["503 of a gateway", refusal(503)],
  ])("says of %s that the sandbox is gone, and keeps what the call saw", (_, error) => {
    const { seen } = outcomeOf(error, of({ sandboxId: "s", state: undefined, isGone: true }));
    expect(seen.reads).toBe(1);
    expect(seen.error).toBeInstanceOf(SandboxGoneError);
    expect(seen.error).toMatchObject({ code: "not-found", sandboxId: "s", retryable: false, cause: error });
    expect(isSandboxGone(seen.error)).toBe(true);
    expect(outcomeOf(error, of({ sandboxId: "s", state: "Running", isGone: false })).seen.error).toBe(error);
    expect(outcomeOf(error, of(undefined)).seen.error).toBe(error);
  });

  it("says what is known, in the context of the call", () => {
    const { seen } = outcomeOf(lost("reset"), of({ sandboxId: "s", state: "Failed", isGone: true }));
    expect(seen.error).toMatchObject({
      message: "Run command c: sandbox s is Failed (it broke) [not-found]",
      state: "Failed",
      requestId: "r",
      commandId: "c",
    });
    expect(
      outcomeOf(lost("reset"), of({ sandboxId: "s", state: undefined, isGone: true })).seen.error?.message,
    ).toContain("sandbox s does not exist any more (it broke)");
  });

  it.each([
    ["an answer of the daemon", refusal(404, "FILE_NOT_FOUND")],
    ["a route that it does not have", refusal(404, undefined, "404 page not found")],
    ["its own failure", refusal(500, "RUNTIME_ERROR")],
    ["its own refusal", refusal(503, "NOT_SUPPORTED")],
    ["a closed client", lost("closed")],
    ["an answer that is not HTTP", lost("malformed")],
    ["what is known to be gone", new SandboxGoneError("m", { sandboxId: "s", state: undefined })],
  ])("asks nothing after %s", (_, error) => {
    const { seen } = outcomeOf(error, of({ sandboxId: "s", state: undefined, isGone: true }));
    expect(seen).toEqual({ reads: 0, error });
  });

  it("asks nothing where nobody can be asked", () => {
    let seen: unknown;
    const error = lost("reset");
    explainLoss(error, undefined).subscribe({ error: (explained: unknown) => (seen = explained) });
    expect(seen).toBe(error);
  });

  it("gives the call's own error when the state cannot be read, at the latest after 3 s", () => {
    const error = lost("reset");
    expect(
      outcomeOf(
        error,
        throwError(() => new Error("no")),
      ).seen.error,
    ).toBe(error);
    const { seen } = outcomeOf(error, NEVER);
    vi.advanceTimersByTime(2999);
    expect(seen.error).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(seen.error).toBe(error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stops asking when it is unsubscribed", () => {
    const { seen, subscription } = outcomeOf(lost("reset"), NEVER);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    expect(seen.error).toBeUndefined();
  });
});

describe("explainSilence", () => {
  const silence = new StreamStalledError("m", { commandId: "c", events: 1, bytes: 2, lastEventType: "ping" });
  const judge = (readFate: (() => Observable<SandboxFate | undefined>) | undefined) => {
    const seen: { error?: unknown; isExplained: boolean } = { isExplained: false };
    explainSilence(silence, readFate).subscribe({
      error: (error: unknown) => (seen.error = error),
      complete: () => (seen.isExplained = true),
    });
    return seen;
  };
  const fate = (state: string | undefined, isGone = false) => judge(() => of({ sandboxId: "s", state, isGone }));

  it.each(["Pausing", "Paused", "Resuming"])("completes when the sandbox is %s", (state) => {
    expect(fate(state)).toEqual({ isExplained: true });
  });

  it("errors with what it was given when the sandbox runs, or nobody can say", () => {
    const unexplained = { isExplained: false, error: silence };
    expect(fate("Running")).toEqual(unexplained);
    expect(judge(() => of(undefined))).toEqual(unexplained);
    expect(judge(() => throwError(() => new Error("no")))).toEqual(unexplained);
    expect(judge(undefined)).toEqual(unexplained);
  });

  it.each([["Failed"], [undefined]])("says that a sandbox is gone that is %s", (state) => {
    expect(fate(state, true).error).toMatchObject({
      code: "not-found",
      sandboxId: "s",
      commandId: "c",
      cause: silence,
    });
  });
});
