import { EMPTY, firstValueFrom, lastValueFrom, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { liveBody, type RouteScript } from "@rxsandbox/testkit";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";
import { outcome } from "../testing/outcome.js";

const refusal = (message: string) => ({ status: 500, json: { code: "RUNTIME_ERROR", message } });

describe("code.createContext", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const created = { json: { id: "k", language: "python", cwd: "/w" } };
  const route = "POST /base/code/context";
  const routes = (answer: RouteScript): Readonly<Record<string, RouteScript>> => ({
    [route]: answer,
    "DELETE /base/code/contexts/k": {},
  });

  async function leaveAfter(ms: number, answer: RouteScript, options: ScriptedExecdOptions = {}) {
    const execd = scriptedExecd(routes(answer), options);
    const subscription = execd.execution.code
      .createContext({ language: "python" })
      .subscribe({ error: () => undefined });
    await vi.advanceTimersByTimeAsync(ms);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(execd.transport.active()).toBe(0);
    return { sent: execd.sent(), failures: execd.cleanupFailures() };
  }

  it("emits the context and leaves it alive", async () => {
    const { execution, transport, sent } = scriptedExecd(routes(created));
    expect(await firstValueFrom(execution.code.createContext({ language: "python", workingDirectory: "/w" }))).toEqual({
      id: "k",
      language: "python",
      workingDirectory: "/w",
    });
    expect(sent()).toEqual(["POST /code/context"]);
    expect(transport.requests[0]!.json()).toEqual({ language: "python", cwd: "/w" });
  });

  it("errors timeout when the server does not answer, as a real one does not for a language without kernel", async () => {
    const execd = scriptedExecd(routes({ live: liveBody() }));
    const { error } = await outcome(execd.execution.code.createContext({ language: "cobol", timeoutSeconds: 2 }));
    expect(error).toMatchObject({ code: "timeout", message: expect.stringContaining('"cobol"') });
    expect(execd.transport.active()).toBe(0);
    // Whether one was made nobody can tell.
    expect(execd.cleanupFailures()).toMatchObject([
      { subject: { kind: "context", id: expect.stringMatching(/^with request id ./) } },
    ]);
  });

  it("waits longer than a timer of the platform can", async () => {
    const execd = scriptedExecd(routes({ delayMs: 60_000, ...created }));
    const { values, error } = await outcome(
      execd.execution.code.createContext({ language: "python", timeoutSeconds: 3e6 }),
    );
    expect({ values, error }).toEqual({
      values: [{ id: "k", language: "python", workingDirectory: "/w" }],
      error: undefined,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("deletes the context that comes after the timeout", async () => {
    const execd = scriptedExecd(routes({ delayMs: 5000, ...created }));
    expect(
      (await outcome(execd.execution.code.createContext({ language: "python", timeoutSeconds: 2 }))).error,
    ).toMatchObject({ code: "timeout" });
    expect(execd.sent()).toEqual(["POST /code/context", "DELETE /code/contexts/k"]);
    expect(execd.cleanupFailures()).toEqual([]);
  });

  it("deletes the context that comes after an unsubscribe", async () => {
    expect(await leaveAfter(1, { delayMs: 50, ...created })).toEqual({
      sent: ["POST /code/context", "DELETE /code/contexts/k"],
      failures: [],
    });
  });

  it("sends nothing for nobody", async () => {
    expect(await leaveAfter(1, [{ failure: "connect" }, created], { retry: { baseDelayMs: 1000 } })).toEqual({
      sent: ["POST /code/context"],
      failures: [],
    });
    expect(await leaveAfter(1, created, { resolveMs: 50 })).toEqual({ sent: [], failures: [] });
  });

  it("has nothing to undo after a refusal, and reports what it cannot know", async () => {
    expect((await leaveAfter(1, { delayMs: 50, ...refusal("error creating code context. no") })).failures).toEqual([]);
    expect((await leaveAfter(1, { delayMs: 50, failure: "reset" })).failures).toHaveLength(1);
    expect((await leaveAfter(1, { delayMs: 50, status: 502, body: "Bad Gateway" })).failures).toHaveLength(1);
  });

  it.each([
    [{}, "language"],
    [{ language: "" }, "language"],
    [{ language: "python", workingDirectory: "" }, "workingDirectory"],
    [{ language: "python", timeoutSeconds: 0 }, "timeoutSeconds"],
    [{ language: "python", cwd: "/" }, "cwd"],
  ])("refuses %j at the call", (options, argument) => {
    expect(() => scriptedExecd({}).execution.code.createContext(options as never)).toThrow(
      expect.objectContaining({ argument }),
    );
  });
});

describe("code.withContext", () => {
  const routes = {
    "POST /base/code/context": { json: { id: "k", language: "python" } },
    "DELETE /base/code/contexts/k": {},
  };

  it("deletes the context before it completes, also after an error, which it passes on", async () => {
    const { execution, sent } = scriptedExecd(routes);
    expect(
      await lastValueFrom(
        execution.code.withContext({ language: "python" }, ({ id, workingDirectory }) => of(id, workingDirectory)),
      ),
    ).toBeNull();
    await expect(
      lastValueFrom(execution.code.withContext({ language: "python" }, () => throwError(() => new Error("mine")))),
    ).rejects.toThrow("mine");
    expect(sent()).toEqual([
      "POST /code/context",
      "DELETE /code/contexts/k",
      "POST /code/context",
      "DELETE /code/contexts/k",
    ]);
  });

  it("takes a context that is gone for deleted, and errors cleanup-failed for one that stays", async () => {
    const gone = {
      ...routes,
      "DELETE /base/code/contexts/k": {
        status: 404,
        json: { code: "CONTEXT_NOT_FOUND", message: "context k not found" },
      },
    };
    expect(
      await lastValueFrom(
        scriptedExecd(gone).execution.code.withContext({ language: "python" }, () => EMPTY),
        { defaultValue: "done" },
      ),
    ).toBe("done");
    const stays = { ...routes, "DELETE /base/code/contexts/k": refusal("no") };
    await expect(
      lastValueFrom(
        scriptedExecd(stays).execution.code.withContext({ language: "python" }, () => EMPTY),
        { defaultValue: "done" },
      ),
    ).rejects.toMatchObject({ code: "cleanup-failed" });
  });
});

describe("code contexts", () => {
  it("are got, listed and deleted by their routes", async () => {
    const { execution, sent } = scriptedExecd({
      "GET /base/code/contexts/a%3Ab": { json: { id: "a:b", language: "python" } },
      "GET /base/code/contexts": {
        json: [
          { id: "k", language: "python" },
          { id: "l", language: "go" },
        ],
      },
      "DELETE /base/code/contexts/k": {},
      "DELETE /base/code/contexts": {},
      "DELETE /base/code": {},
    });
    expect(await lastValueFrom(execution.code.attachContext("a:b"))).toEqual({
      id: "a:b",
      language: "python",
      workingDirectory: null,
    });
    expect(await lastValueFrom(execution.code.listContexts())).toEqual([
      { id: "k", language: "python", workingDirectory: null },
      { id: "l", language: "go", workingDirectory: null },
    ]);
    await lastValueFrom(execution.code.listContexts({ language: "python" }));
    await lastValueFrom(execution.code.deleteContext("k"));
    await lastValueFrom(execution.code.deleteContexts("python"));
    await lastValueFrom(execution.code.interrupt("k"));
    expect(sent()).toEqual([
      "GET /code/contexts/a%3Ab",
      "GET /code/contexts",
      "GET /code/contexts?language=python",
      "DELETE /code/contexts/k",
      "DELETE /code/contexts?language=python",
      "DELETE /code?id=k",
    ]);
  });

  it.each([{ json: {} }, { json: [{ id: "k" }] }, { json: [null] }])(
    "errors protocol for the list %j",
    async (answer) => {
      await expect(
        lastValueFrom(scriptedExecd({ "GET /base/code/contexts": answer }).execution.code.listContexts()),
      ).rejects.toMatchObject({ code: "protocol" });
    },
  );

  it("refuse blank ids and languages at the call", () => {
    const { code } = scriptedExecd({}).execution;
    for (const call of [() => code.attachContext(""), () => code.deleteContext(" "), () => code.interrupt("")])
      expect(call).toThrow(expect.objectContaining({ argument: "contextId" }));
    for (const call of [() => code.deleteContexts(""), () => code.listContexts({ language: "" })])
      expect(call).toThrow(expect.objectContaining({ argument: "language" }));
    expect(() => code.listContexts({ lang: "x" } as never)).toThrow(expect.objectContaining({ argument: "lang" }));
  });
});
