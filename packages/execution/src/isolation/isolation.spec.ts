import { firstValueFrom, lastValueFrom, of, throwError, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import { executionFrames, liveBody, type RouteScript } from "@rxsandbox/testkit";
import { executionEnd, stdoutText, toExecution } from "../index.js";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";
import { createIsolation } from "./isolation.js";

const root = "/base/v1/isolated";
const init = { type: "init", id: "i", timestamp: 1 } as const;
const out = { type: "stdout", text: "hi", unit: "line", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 1, timestamp: 2 } as const;
const created = { status: 201, json: { session_id: "i", created_at: "2026-11-25T10:00:00Z" } };
const missing = { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" };
const notSupported = { status: 503, json: { code: "NOT_SUPPORTED", message: "isolation is not available: no bwrap" } };
const workspace = { path: "/workspace" };

/** Files as far as this package knows them: something that is built on an API below the session. */
const filesOf = ({ api }: SandboxConnection): { info(): Observable<void> } => ({
  info: () => api.empty({ what: "Get file info", method: "GET", path: "/files/info" }),
});

function isolationOver(script: Readonly<Record<string, RouteScript>>, options: ScriptedExecdOptions = {}) {
  const execd = scriptedExecd(script, options);
  return { ...execd, isolation: createIsolation(execd.context, filesOf) };
}

describe("createIsolation", () => {
  it("sends the whole body under the names of the wire, and only what was given", async () => {
    const { isolation, transport } = isolationOver({ [`POST ${root}/session`]: created });
    await firstValueFrom(isolation.create({ workspace }));
    await firstValueFrom(
      isolation.create({
        workspace: { path: "/w", mode: "overlay" },
        profile: "strict",
        extraWritable: ["/cache"],
        binds: [{ source: "/a" }, { source: "/b", destination: "/c", readOnly: true }],
        shareNetwork: false,
        environmentPassthrough: { mode: "allow", keys: ["PATH"] },
        uid: 1000,
        gid: 1000,
        uidMode: "userns",
        idleTimeoutSeconds: 0,
      }),
    );
    expect(transport.requests.map((request) => request.json())).toEqual([
      { workspace: { path: "/workspace" } },
      {
        workspace: { path: "/w", mode: "overlay" },
        profile: "strict",
        extra_writable: ["/cache"],
        binds: [{ source: "/a" }, { source: "/b", dest: "/c", readonly: true }],
        share_net: false,
        env_passthrough: { mode: "allow", keys: ["PATH"] },
        uid: 1000,
        gid: 1000,
        uid_mode: "userns",
        idle_timeout_seconds: 0,
      },
    ]);
  });

  it.each([
    [{}, "workspace"],
    [{ workspace: { path: "" } }, "workspace.path"],
    [{ workspace: { path: "/w", mode: "rx" } }, "workspace.mode"],
    [{ workspace, profile: "loose" }, "profile"],
    [{ workspace, binds: [{ source: "/a" }, {}] }, "binds[1].source"],
    [{ workspace, extraWritable: "/a" }, "extraWritable"],
    [{ workspace, environmentPassthrough: { keys: [""] } }, "environmentPassthrough.keys[0]"],
    [{ workspace, uid: -1 }, "uid"],
    [{ workspace, uidMode: "sudo" }, "uidMode"],
    [{ workspace, idleTimeoutSeconds: 0.5 }, "idleTimeoutSeconds"],
    [{ workspace, shareNet: true }, "shareNet"],
  ])("refuses %j at the call", (options, argument) => {
    const { isolation, sent } = isolationOver({});
    expect(() => isolation.create(options as never)).toThrow(expect.objectContaining({ argument }));
    expect(sent()).toEqual([]);
  });

  it.each([
    ["a route that does not exist", missing],
    ["a daemon that cannot isolate", notSupported],
  ])("errors unsupported for %s, whatever is called", async (_, answer) => {
    const { isolation } = isolationOver(
      { [`GET ${root}/*`]: answer, [`POST ${root}/*`]: answer, [`DELETE ${root}/*`]: answer },
      {},
    );
    const session = isolation.attach("i");
    const calls: readonly Observable<unknown>[] = [
      isolation.create({ workspace }),
      isolation.capabilities(),
      isolation.list(),
      session.get(),
      session.run("x"),
      session.delete(),
      session.files.info(),
    ];
    for (const call of calls)
      await expect(lastValueFrom(call, { defaultValue: undefined })).rejects.toMatchObject({
        code: "unsupported",
        status: answer.status,
      });
  });

  it("tells a session that is gone, and a server that is busy, from one that cannot", async () => {
    const gone = isolationOver({
      [`GET ${root}/session/i`]: { status: 404, json: { code: "CONTEXT_NOT_FOUND", message: "session i not found" } },
    });
    await expect(lastValueFrom(gone.isolation.attach("i").get())).rejects.toMatchObject({ code: "not-found" });
    const busy = isolationOver({ [`GET ${root}/sessions`]: { status: 503, body: "busy" } });
    await expect(lastValueFrom(busy.isolation.list())).rejects.toMatchObject({ code: "unavailable" });
  });

  it("reads sessions with and without what newer servers add", async () => {
    const whole = {
      session_id: "i",
      status: "hibernating",
      created_at: "2026-11-25T10:00:00Z",
      last_run_at: "2026-11-25T11:00:00Z",
      idle_remaining_seconds: 12,
      workspace: { path: "/w" },
    };
    const { isolation } = isolationOver({
      [`GET ${root}/sessions`]: { json: { sessions: [whole, { session_id: "j" }] } },
      [`GET ${root}/session/j`]: { json: { status: "active", idle_remaining_seconds: null } },
    });
    expect(await lastValueFrom(isolation.list())).toEqual([
      {
        id: "i",
        status: "hibernating",
        createdAt: new Date("2026-11-25T10:00:00Z"),
        lastRunAt: new Date("2026-11-25T11:00:00Z"),
        idleRemainingSeconds: 12,
        raw: whole,
      },
      { id: "j", status: null, createdAt: null, lastRunAt: null, idleRemainingSeconds: null, raw: { session_id: "j" } },
    ]);
    expect(await lastValueFrom(isolation.attach("j").get())).toMatchObject({
      id: "j",
      status: "active",
      idleRemainingSeconds: null,
    });
  });

  it("reads capabilities, and takes what is not told for not offered", async () => {
    const { isolation } = isolationOver({
      [`GET ${root}/capabilities`]: [
        { json: { available: true, isolator: "bwrap", version: "0.9", setpriv_available: true } },
        { json: {} },
        { json: [] },
      ],
    });
    expect(await lastValueFrom(isolation.capabilities())).toEqual({
      available: true,
      isolator: "bwrap",
      version: "0.9",
      message: null,
      setprivAvailable: true,
      usernsAvailable: false,
      commitSupported: false,
      diffSupported: false,
    });
    expect(await lastValueFrom(isolation.capabilities())).toMatchObject({ available: false, isolator: null });
    await expect(lastValueFrom(isolation.capabilities())).rejects.toMatchObject({ code: "protocol" });
  });
});

describe("isolation.withSession", () => {
  const routes = { [`POST ${root}/session`]: created, [`DELETE ${root}/session/i`]: {} };

  it("deletes the session before it completes, also after an error, which it passes on", async () => {
    const { isolation, sent } = isolationOver(routes);
    expect(await lastValueFrom(isolation.withSession({ workspace }, ({ id }) => of(id)))).toBe("i");
    await expect(
      lastValueFrom(isolation.withSession({ workspace }, () => throwError(() => new Error("mine")))),
    ).rejects.toThrow("mine");
    expect(sent().filter((call) => call.startsWith("DELETE"))).toHaveLength(2);
  });

  it("takes a session that is gone for deleted", async () => {
    const { isolation } = isolationOver({
      ...routes,
      [`DELETE ${root}/session/i`]: { status: 404, json: { code: "CONTEXT_NOT_FOUND", message: "gone" } },
    });
    expect(await lastValueFrom(isolation.withSession({ workspace }, ({ id }) => of(id)))).toBe("i");
  });
});

describe("isolatedSession", () => {
  it("runs code to its terminal event and has its files below its own path", async () => {
    const run = executionFrames([init, out, complete]);
    const { isolation, transport, sent } = isolationOver({
      [`POST ${root}/session/a%3Ab/run`]: { body: run },
      [`GET ${root}/session/a%3Ab/files/info`]: {},
    });
    const session = isolation.attach("a:b");
    expect(
      await lastValueFrom(session.run("echo hi", { envs: { A: "1" }, timeoutSeconds: 5 }).pipe(stdoutText())),
    ).toBe("hi\n");
    await lastValueFrom(session.files.info());
    expect(transport.requests[0]!.json()).toEqual({ code: "echo hi", envs: { A: "1" }, timeout_seconds: 5 });
    expect(sent()).toEqual(["POST /v1/isolated/session/a%3Ab/run", "GET /v1/isolated/session/a%3Ab/files/info"]);
  });

  it("ends as a session run does: exits, truncated streams and timeouts", async () => {
    const script = (body: Uint8Array) =>
      isolationOver({ [`POST ${root}/session/i/run`]: { body } })
        .isolation.attach("i")
        .run("x");
    const failed = executionFrames([
      init,
      { type: "error", error: { name: "CommandExecError", value: "3", traceback: ["exit status 3"] }, timestamp: 2 },
    ]);
    expect((await lastValueFrom(script(failed).pipe(toExecution()))).end).toEqual({ kind: "exited", exitCode: 3 });
    await expect(lastValueFrom(script(executionFrames([init, out])))).rejects.toMatchObject({
      code: "stream-truncated",
    });
    await expect(
      lastValueFrom(script(executionFrames([init, { code: "RUNTIME_ERROR", message: "timeout after 3s" }]))),
    ).rejects.toMatchObject({ code: "execution-timed-out" });
    expect(executionEnd(complete)).toEqual({ kind: "exited", exitCode: 0 });
  });

  it("asks for a connection of its own where kept-alive ones lose session runs", async () => {
    const direct: ScriptedExecdOptions = { url: "http://sandbox.test/x/proxy/44772" };
    const script = { "POST *": { body: executionFrames([init, complete]) } };
    const { isolation, transport } = isolationOver(script, direct);
    await lastValueFrom(isolation.attach("i").run("x"));
    expect(transport.requests[0]!.closeConnection).toBe(true);
    await expect(
      lastValueFrom(
        isolationOver(script, { ...direct, connectionClose: false })
          .isolation.attach("i")
          .run("x"),
      ),
    ).rejects.toMatchObject({ code: "unsupported" });
  });

  it.each([
    ["code", () => isolationOver({}).isolation.attach("i").run(" ")],
    ["timeoutSeconds", () => isolationOver({}).isolation.attach("i").run("x", { timeoutSeconds: 0 })],
    [
      "envs.A",
      () =>
        isolationOver({})
          .isolation.attach("i")
          .run("x", { envs: { A: 1 as never } }),
    ],
    [
      "cwd",
      () =>
        isolationOver({})
          .isolation.attach("i")
          .run("x", { cwd: "/" } as never),
    ],
    ["sessionId", () => isolationOver({}).isolation.attach("")],
  ])("refuses a wrong %s at the call", (argument, call) => {
    expect(call).toThrow(expect.objectContaining({ argument }));
  });

  describe("left", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("closes the stream of a run and sends nothing that might destroy the session", async () => {
      const body = liveBody();
      const { isolation, sent, transport } = isolationOver({ [`POST ${root}/session/i/run`]: { live: body } });
      const subscription = isolation.attach("i").run("x").subscribe();
      await vi.advanceTimersByTimeAsync(1);
      body.send(executionFrames([init]));
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(sent()).toEqual(["POST /v1/isolated/session/i/run"]);
      expect(transport.active()).toBe(0);
    });

    it("gives up a run that says nothing, and sends nothing that might destroy the session", async () => {
      const body = liveBody();
      const { isolation, sent, transport } = isolationOver({ [`POST ${root}/session/i/run`]: { live: body } });
      const failure = lastValueFrom(isolation.attach("i").run("x", { stallTimeoutSeconds: 5 })).catch(
        (error: unknown) => error,
      );
      await vi.advanceTimersByTimeAsync(1);
      body.send(executionFrames([init, out]));
      await vi.advanceTimersByTimeAsync(9000);
      expect(await failure).toMatchObject({ code: "stream-stalled", lastEventType: "stdout" });
      expect(sent()).toEqual(["POST /v1/isolated/session/i/run"]);
      expect(transport.active()).toBe(0);
      expect(() => isolation.attach("i").run("x", { stallTimeoutSeconds: 0 })).toThrow("stallTimeoutSeconds");
    });

    it.each([
      ["deletes a session that comes late", { delayMs: 50, ...created }, ["POST", "DELETE"], 0],
      ["has nothing to undo after a refusal", { delayMs: 50, ...notSupported }, ["POST"], 0],
      ["reports what it cannot know", { delayMs: 50, failure: "reset" as const }, ["POST"], 1],
    ])("%s", async (_, answer, methods, failures) => {
      const { isolation, sent, cleanupFailures } = isolationOver({
        [`POST ${root}/session`]: answer,
        [`DELETE ${root}/session/i`]: {},
      });
      const subscription = isolation.create({ workspace }).subscribe({ error: () => undefined });
      await vi.advanceTimersByTimeAsync(1);
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(sent().map((call) => call.split(" ")[0])).toEqual(methods);
      expect(cleanupFailures()).toHaveLength(failures);
    });
  });
});
