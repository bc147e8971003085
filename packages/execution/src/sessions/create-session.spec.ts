import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RouteScript } from "@rxsandbox/testkit";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";

describe("createSession, left before its answer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function leaveAfter(ms: number, answer: RouteScript, options: ScriptedExecdOptions = {}) {
    const execd = scriptedExecd({ "POST /base/session": answer, "DELETE /base/session/s": {} }, options);
    const subscription = execd.execution.createSession().subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(ms);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(execd.transport.active()).toBe(0);
    return { sent: execd.sent(), failures: execd.cleanupFailures().length };
  }

  it("deletes the session that comes late", async () => {
    expect(await leaveAfter(1, { delayMs: 50, json: { session_id: "s" } })).toEqual({
      sent: ["POST /session", "DELETE /session/s"],
      failures: 0,
    });
  });

  it("does not send what waited to be repeated", async () => {
    const script: RouteScript = [{ failure: "connect" }, { json: { session_id: "s" } }];
    expect(await leaveAfter(1, script, { retry: { baseDelayMs: 1000 } })).toEqual({
      sent: ["POST /session"],
      failures: 0,
    });
  });

  it("does not send before the address is known", async () => {
    expect(await leaveAfter(1, {}, { resolveMs: 50 })).toEqual({ sent: [], failures: 0 });
  });

  it("has nothing to undo after a refusal, and reports what it cannot know", async () => {
    const refused = {
      delayMs: 50,
      status: 500,
      json: { code: "RUNTIME_ERROR", message: "error creating session. mkdir /x: not a directory" },
    };
    expect(await leaveAfter(1, refused)).toEqual({ sent: ["POST /session"], failures: 0 });
    expect(await leaveAfter(1, { delayMs: 50, failure: "reset" })).toEqual({ sent: ["POST /session"], failures: 1 });
    expect(await leaveAfter(1, { delayMs: 50, status: 502, body: "Bad Gateway" })).toEqual({
      sent: ["POST /session"],
      failures: 1,
    });
    expect(await leaveAfter(1, { delayMs: 50, body: "<html>" })).toEqual({ sent: ["POST /session"], failures: 1 });
  });
});
