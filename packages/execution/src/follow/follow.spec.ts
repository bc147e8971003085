import { firstValueFrom, of, take, type Observable, type Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InvalidArgumentError, isSandboxGone, type SandboxError, type SandboxFate } from "@rxsandbox/transport";
import { executionFrames, faults, byteScript, type Answer, type RouteScript } from "@rxsandbox/testkit";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";
import type { FollowEvent } from "./follow-event.js";
import type { FollowEncoding } from "./follow-options.js";
import type { FollowToken } from "./follow-token.js";
import { modelDaemon, type ModelCommand } from "./testing/model-command.js";

const SECOND = 1000;
const init = { type: "init", id: "c", timestamp: 1 } as const;
const started = { type: "execution_complete", executionTimeMs: 1, timestamp: 2 } as const;
const token = (cursor = "0"): FollowToken => ({ v: 1, sandboxId: "s", commandId: "c", cursor }) as FollowToken;
const calm = { fault: { kind: "none" }, delayMs: 0, chunking: { kind: "whole" } } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A command that writes its log at once and ends after a while. */
const simple = (log: string, endsAfterMs: number): ModelCommand => ({
  log: bytes(log),
  growth: [{ atMs: 0, size: bytes(log).length }],
  registeredAtMs: 0,
  finishedAtMs: endsAfterMs,
  exitCode: 0,
  hidesCursor: false,
});

function daemon(
  model: ModelCommand,
  others: Readonly<Record<string, RouteScript>> = {},
  options: ScriptedExecdOptions = {},
) {
  const start: RouteScript = { body: executionFrames([init, started]) };
  return scriptedExecd(
    { "POST *\/command": start, "DELETE *": {}, ...others, ...modelDaemon(model, performance.now(), () => calm) },
    { sandboxId: "s", ...options },
  );
}

function watch<E extends FollowEncoding>(events: Observable<FollowEvent<E>>) {
  const seen: { events: FollowEvent<E>[]; error?: SandboxError; isComplete: boolean; subscription: Subscription } = {
    events: [],
    isComplete: false,
    subscription: undefined as unknown as Subscription,
  };
  seen.subscription = events.subscribe({
    next: (event) => seen.events.push(event),
    error: (error: SandboxError) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  return seen;
}

const textOf = ({ events }: { readonly events: readonly FollowEvent[] }): string =>
  events.map((event) => (event.type === "output" ? event.text : "")).join("");

describe("follow", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("starts the command in the background, tells the token first, and its end last", async () => {
    const { execution, transport } = daemon(simple("hi\n", 0));
    const follow = execution.commands.follow("x", { timeoutSeconds: 5, envs: { A: "1" } });
    expect(transport.requests).toEqual([]);
    const seen = watch(follow);
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(seen.events).toEqual([
      { type: "started", token: token("0") },
      { type: "output", text: "hi\n", token: token("3") },
      { type: "end", end: { kind: "exited", exitCode: 0 }, token: token("3"), limitReached: false },
    ]);
    expect(seen.isComplete).toBe(true);
    expect(transport.requests[0]!.json()).toEqual({ command: "x", background: true, envs: { A: "1" }, timeout: 5000 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("interrupts the command when it is left, once and only before its end", async () => {
    const running = daemon(simple("hi\n", 3_600 * SECOND));
    const seen = watch(running.execution.commands.follow("x"));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    seen.subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(running.sent().filter((call) => call.startsWith("DELETE"))).toEqual(["DELETE /command?id=c"]);
    expect(running.transport.active()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    const over = daemon(simple("hi\n", 0));
    watch(over.execution.commands.follow("x")).subscription.add(() => undefined);
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(over.sent().filter((call) => call.startsWith("DELETE"))).toEqual([]);
  });

  it("interrupts the command of a subscriber that leaves with the token in hand", async () => {
    const { execution, sent } = daemon(simple("hi\n", 3_600 * SECOND));
    watch<"text">(execution.commands.follow("x").pipe(take(1)));
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
  });

  it("never interrupts a detached command, nor one that it did not start", async () => {
    const { execution, sent } = daemon(simple("hi\n", 3_600 * SECOND));
    const { commands } = execution;
    for (const follow of [
      commands.follow("x", { detached: true }),
      commands.follow("x", { detached: true }).pipe(take(1)),
      commands.resume(token()),
      commands.handle("c").follow(),
    ]) {
      const seen = watch(follow);
      await vi.advanceTimersByTimeAsync(2 * SECOND);
      seen.subscription.unsubscribe();
    }
    watch(commands.follow("x", { detached: true })).subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(sent().filter((call) => call.startsWith("DELETE"))).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[string, Answer]>([
    ["broken", { body: faults.reset(byteScript(executionFrames([init])), 1000) }],
    ["cut", { body: executionFrames([init]) }],
  ])("follows a command whose start was %s after its id", async (_, answer) => {
    const { execution, sent } = daemon(simple("hi\n", 0), { "POST *\/command": answer });
    const seen = watch(execution.commands.follow("x"));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect([textOf(seen), seen.isComplete]).toEqual(["hi\n", true]);
    expect(sent().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it("says that the outcome is unknown when nothing tells the id of what may have started", async () => {
    const { execution, sent } = daemon(simple("", 0), { "POST *\/command": { body: [] } });
    const seen = watch(execution.commands.follow("x"));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(seen.error).toMatchObject({ code: "outcome-unknown", retryable: false });
    expect(seen.error?.requestId).toMatch(/\S/);
    expect(seen.events).toEqual([]);
    expect(sent()).toEqual(["POST /command"]);
  });

  it("passes a refusal of the start on as it is", async () => {
    const refusal = { status: 400, json: { code: "INVALID_REQUEST_BODY", message: "no" } };
    const { execution } = daemon(simple("", 0), { "POST *\/command": refusal });
    const seen = watch(execution.commands.follow("x"));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(seen.error).toMatchObject({ code: "invalid-request", status: 400 });
  });

  it("interrupts a command with more output than maxBytes, and says so", async () => {
    const { execution, sent } = daemon(simple("0123456789", 5 * SECOND));
    const seen = watch(execution.commands.follow("x", { maxBytes: 4 }));
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(seen.events.slice(1)).toEqual([
      { type: "output", text: "0123", token: token("4") },
      { type: "end", end: { kind: "exited", exitCode: 0 }, token: token("4"), limitReached: true },
    ]);
    expect(sent().filter((call) => call.startsWith("DELETE"))).toEqual(["DELETE /command?id=c"]);
    const enough = daemon(simple("0123", 0));
    const fits = watch(enough.execution.commands.follow("x", { maxBytes: 4 }));
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(fits.events.at(-1)).toMatchObject({ type: "end", limitReached: false });
  });

  it("reads once for all who follow a command in one client, from wherever they begin", async () => {
    const model = {
      ...simple("0123456789", 30 * SECOND),
      growth: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ atMs: n * 2000, size: n + 1 })),
    };
    const count = async (
      cursors: readonly string[],
    ): Promise<readonly [requests: number, texts: readonly string[]]> => {
      vi.spyOn(Math, "random").mockReturnValue(0.5);
      const { execution, sent } = daemon(model);
      const all = [];
      for (const cursor of cursors) {
        all.push(watch(execution.commands.resume(token(cursor))));
        await vi.advanceTimersByTimeAsync(1500);
      }
      await vi.advanceTimersByTimeAsync(60 * SECOND);
      return [sent().length, all.map(textOf)];
    };
    const [alone, [whole]] = await count(["0"]);
    expect(whole).toBe("0123456789");
    const [together, texts] = await count(["0", "0", "3", "1", "0"]);
    expect(texts).toEqual(["0123456789", "0123456789", "3456789", "123456789", "0123456789"]);
    expect(together).toBeLessThan(alone + 8);
    vi.restoreAllMocks();
  });

  it.each([
    ["the daemon's root", "http://sandbox.test", 250],
    ["the daemon's own proxy", "http://sandbox.test/proxy/44772", 2000],
  ])("asks at %s at most once per quiet %s", async (_, url, pauseMs) => {
    const { execution, sent } = daemon(simple("x", 3_600 * SECOND), {}, { url });
    const seen = watch(execution.commands.resume(token()));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    const before = sent().length;
    await vi.advanceTimersByTimeAsync(600 * SECOND);
    expect(sent().length - before).toBeLessThanOrEqual((600 * SECOND) / pauseMs);
    expect(sent().length - before).toBeGreaterThan((600 * SECOND) / pauseMs / 4);
    seen.subscription.unsubscribe();
  });

  it("tells that it connects again, and gives up after the time that was given", async () => {
    const failing = scriptedExecd({ "GET *": { failure: "reset" } }, { sandboxId: "s" });
    const seen = watch(failing.execution.commands.resume(token(), { giveUpAfterSeconds: 20 }));
    await vi.advanceTimersByTimeAsync(19 * SECOND);
    expect(seen.error).toBeUndefined();
    expect(seen.events.length).toBeGreaterThan(3);
    expect(seen.events[0]).toMatchObject({ type: "reconnecting", attempt: 1, cause: { code: "network" } });
    await vi.advanceTimersByTimeAsync(7 * SECOND);
    expect(seen.error?.code).toBe("network");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("survives what passes: refusals, gateways and silence", async () => {
    const model = modelDaemon(simple("hi\n", 0), performance.now(), () => calm);
    const log = model["GET *\/command/c/logs"];
    const bad: readonly Answer[] = [
      { failure: "connect" },
      { status: 503, body: "" },
      "silent",
      { status: 504, body: "" },
    ];
    const { execution } = scriptedExecd(
      { ...model, "GET *\/command/c/logs": (request, call) => bad[call] ?? log(request) },
      { sandboxId: "s" },
    );
    const seen = watch(execution.commands.resume(token()));
    await vi.advanceTimersByTimeAsync(120 * SECOND);
    expect([textOf(seen), seen.isComplete, seen.error]).toEqual(["hi\n", true, undefined]);
    expect(seen.events.filter(({ type }) => type === "reconnecting")).toHaveLength(4);
  });

  it("ends at once when the sandbox is gone, and says so", async () => {
    const gone: SandboxFate = { sandboxId: "s", state: undefined, isGone: true };
    const { execution } = scriptedExecd(
      { "GET *": { failure: "reset" } },
      { sandboxId: "s", readFate: () => of(gone) },
    );
    const seen = watch(execution.commands.resume(token()));
    await vi.advanceTimersByTimeAsync(100);
    expect(isSandboxGone(seen.error)).toBe(true);
  });

  it("says that the daemon has forgotten a command, after it was asked for a second", async () => {
    const unknown = { status: 400, json: { code: "INVALID_REQUEST_BODY", message: "command not found: c" } };
    const { execution, sent } = scriptedExecd({ "GET *": unknown }, { sandboxId: "s" });
    const seen = watch(execution.commands.resume(token("7")));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(seen.error).toMatchObject({ code: "not-found", commandId: "c" });
    expect(seen.error?.message).toContain("does not know the command");
    expect(sent()).toHaveLength(6);
  });

  it("refuses a foreground command, a cursor that does not count bytes, and a log that was cut", async () => {
    const outcome = async (answer: Answer): Promise<string | undefined> => {
      const { execution } = scriptedExecd({ "GET *": answer }, { sandboxId: "s" });
      const seen = watch(execution.commands.resume(token("7")));
      await vi.advanceTimersByTimeAsync(SECOND);
      return seen.error?.code;
    };
    const foreground = { code: "INVALID_REQUEST_BODY", message: "command c is not running in background" };
    expect(await outcome({ status: 400, json: foreground })).toBe("invalid-request");
    expect(await outcome({ headers: { "execd-commands-tail-cursor": "line-7" } })).toBe("protocol");
    expect(await outcome({ headers: { "execd-commands-tail-cursor": "3" } })).toBe("conflict");
  });

  it.each<[string, unknown]>([
    ["token", undefined],
    ["token", { ...token(), v: 2 }],
    ["token", { ...token(), sandboxId: "other" }],
    ["token.sandboxId", { v: 1 }],
    ["token.commandId", { ...token(), commandId: "a/b" }],
    ["token.cursor", token("-1")],
    ["token.cursor", token("line-7")],
  ])("throws at the call for a wrong %s", (argument, wrong) => {
    const { commands } = scriptedExecd({}, { sandboxId: "s" }).execution;
    const call = (): unknown => commands.resume(wrong as FollowToken);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(expect.objectContaining({ argument }));
  });

  it("throws at the call for wrong options", () => {
    const { commands } = scriptedExecd({}, { sandboxId: "s" }).execution;
    expect(() => commands.follow(" ")).toThrow(InvalidArgumentError);
    expect(() => commands.follow("x", { maxBytes: 0 })).toThrow("maxBytes");
    expect(() => commands.follow("x", { giveUpAfterSeconds: -1 })).toThrow("giveUpAfterSeconds");
    expect(() => commands.follow("x", { encoding: "latin1" as "text" })).toThrow("encoding");
    expect(() => commands.follow("x", { detatched: true } as object)).toThrow("detatched");
    expect(() => commands.handle("")).toThrow("commandId");
    expect(() => commands.handle("c").follow({ since: "x" as never })).toThrow("since");
  });

  it("sends nothing for a handle, and goes on from where `logs` stopped", async () => {
    const { execution, sent } = daemon(simple("0123456789", 0));
    const handle = execution.commands.handle("c");
    expect(sent()).toEqual([]);
    const { cursor } = await firstValueFrom(handle.logs("4" as never));
    expect(cursor).toBe("10");
    const seen = watch(handle.follow({ since: "8" as never }));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(textOf(seen)).toBe("89");
  });
});
