import { firstValueFrom, lastValueFrom, toArray } from "rxjs";
import { createConnection } from "@rxsandbox/transport/calls";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError, isSandboxError } from "@rxsandbox/transport";
import { byteScript, executionFrames, liveBody } from "@rxsandbox/testkit";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { createCommands } from "./commands.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const nan = Number.NaN;

describe("createCommands", () => {
  it("sends every option in its wire form, and nothing before subscribe", async () => {
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: executionFrames([init, complete]) },
    });
    const run = execution.commands.run("make", {
      workingDirectory: "/w",
      envs: { A: "1" },
      uid: 7,
      gid: 8,
      timeoutSeconds: 0.0001,
    });
    expect(transport.requests).toEqual([]);
    await lastValueFrom(run);
    expect(transport.requests[0]!.json()).toEqual({
      command: "make",
      cwd: "/w",
      envs: { A: "1" },
      uid: 7,
      gid: 8,
      timeout: 1,
    });
    await lastValueFrom(run);
    expect(transport.requests.length).toBe(2);
  });

  it("reads foreground output at the address for it, and calls everything else where the daemon answers", async () => {
    const status = { id: "c", running: false, started_at: "2026-01-01T00:00:00Z" };
    const script = {
      "POST *": { body: executionFrames([init, complete]) },
      "GET *\/command/status/c": { json: status },
      "GET *\/command/c/logs": { body: "out", headers: { "execd-commands-tail-cursor": "3" } },
      "DELETE *": {},
    };
    const root = scriptedExecd(script);
    const foreground = scriptedExecd(script);
    const commands = createCommands({ ...root.context, foregroundApi: foreground.context.cleanupApi });
    await lastValueFrom(commands.run("x"));
    await firstValueFrom(commands.run("x"));
    await root.scope.close();
    expect([foreground.sent(), root.sent()]).toEqual([["POST /command", "POST /command"], ["DELETE /command?id=c"]]);
    const again = createCommands(
      createConnection({
        ...root.context,
        api: root.context.cleanupApi,
        scope: foreground.scope,
        foregroundApi: foreground.context.cleanupApi,
      }),
    );
    const handle = await firstValueFrom(again.start("x"));
    await firstValueFrom(handle.status());
    await firstValueFrom(handle.logs());
    await lastValueFrom(handle.interrupt());
    expect(root.sent().slice(1)).toEqual([
      "POST /command",
      "GET /command/status/c",
      "GET /command/c/logs",
      "DELETE /command?id=c",
    ]);
    expect(foreground.sent()).toHaveLength(2);
  });

  it("copies the options at the call", async () => {
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: executionFrames([init, complete]) },
    });
    const envs: Record<string, string> = { A: "1" };
    const options = { envs, timeoutSeconds: 1 };
    const run = execution.commands.run("make", options);
    envs["A"] = "2";
    options.timeoutSeconds = nan;
    await lastValueFrom(run);
    expect(transport.requests[0]!.json()).toEqual({ command: "make", envs: { A: "1" }, timeout: 1000 });
  });

  it.each([
    ["command", " \n", {}],
    ["gid", "x", { gid: 1 }],
    ["uid", "x", { uid: -1 }],
    ["uid", "x", { uid: 1.5 }],
    ["timeoutSeconds", "x", { timeoutSeconds: 0 }],
    ["timeoutSeconds", "x", { timeoutSeconds: -1 }],
    ["timeoutSeconds", "x", { timeoutSeconds: nan }],
    ["timeoutSeconds", "x", { timeoutSeconds: Infinity }],
    ["workingDirectory", "x", { workingDirectory: "" }],
    ['envs["A=B"]', "x", { envs: { "A=B": "1" } }],
    ["envs.A", "x", { envs: { A: 1 as unknown as string } }],
  ])("throws at the call for a wrong %s", (argument, command, options) => {
    const { commands } = scriptedExecd({}).execution;
    for (const call of [
      () => commands.run(command, options),
      () => commands.iterate(command, options),
      () => commands.start(command, options),
    ]) {
      expect(call).toThrow(InvalidArgumentError);
      expect(call).toThrow(expect.objectContaining({ code: "invalid-argument", argument }));
    }
  });

  it("reports a lost stream with what came of it, not with the output", async () => {
    const output = { type: "stdout", text: "s3cret", unit: "line", timestamp: 1 } as const;
    const { execution } = scriptedExecd({ "POST /base/command": { body: executionFrames([init, output]) } });
    const error = await lastValueFrom(execution.commands.run("x")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "stream-truncated", commandId: "c", events: 2, lastEventType: "stdout" });
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cret");
  });

  it("ends the command when an event is too large to take, since the server runs on", async () => {
    const output = { type: "stdout", text: "x".repeat(500), unit: "line", timestamp: 1 } as const;
    const { execution, sent } = scriptedExecd(
      {
        "POST /base/command": { body: [...byteScript(executionFrames([init, output])), { kind: "stall" }] },
        "DELETE /base/command": {},
      },
      { maxEventBytes: 200 },
    );
    const error = await lastValueFrom(execution.commands.run("x")).catch((thrown: unknown) => thrown);
    expect(isSandboxError(error, "event-too-large")).toBe(true);
    expect(sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
  });

  it("drains the body after the end, without holding the process", async () => {
    const body = liveBody();
    const { execution, transport } = scriptedExecd({ "POST /base/command": { live: body } });
    const run = lastValueFrom(execution.commands.run("x"));
    await Promise.resolve();
    body.send(executionFrames([init, complete]));
    await run;
    expect(transport.requests[0]).toMatchObject({ isDetached: true, end: undefined });
    body.end();
    expect(transport.requests[0]!.end).toBe("complete");
  });

  it("emits the handle of a background command when the server has started it", async () => {
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: executionFrames([init, complete]) },
      "GET /base/command/status/c": [
        { status: 404, json: { code: "INVALID_REQUEST_BODY", message: "command not found: c" } },
        {
          json: {
            id: "c",
            running: false,
            exit_code: 3,
            error: "exit status 3",
            started_at: "2026-01-01T00:00:00.5+01:00",
            finished_at: "2026-01-01T00:00:01Z",
          },
        },
      ],
    });
    const handles = await lastValueFrom(execution.commands.start("x").pipe(toArray()));
    expect(handles.map(({ id }) => id)).toEqual(["c"]);
    expect(transport.requests[0]!.json()).toEqual({ command: "x", background: true });
    expect(await firstValueFrom(handles[0]!.status())).toEqual({
      id: "c",
      running: false,
      exitCode: 3,
      error: "exit status 3",
      startedAt: new Date("2025-12-31T23:00:00.500Z"),
      finishedAt: new Date("2026-01-01T00:00:01Z"),
      content: null,
    });
  });

  it("starts a background command on a connection of its own where kept-alive ones lose starts and the platform can close it", async () => {
    const direct = { url: "http://sandbox.test/x/proxy/44772" };
    for (const [options, connectionClose, closes] of [
      [direct, true, true],
      [direct, false, false],
      [{ ...direct, access: "proxy" }, true, false],
      [{ url: "http://sandbox.test/x" }, true, false],
    ] as const) {
      const { context, transport } = scriptedExecd({ "POST *": { body: executionFrames([init, complete]) } }, options);
      await lastValueFrom(
        createCommands({ ...context, capabilities: { ...context.capabilities, connectionClose } }).start("x"),
      );
      expect(transport.requests[0]!.closeConnection ?? false).toBe(closes);
    }
  });

  it("errors when a background command could not be started", async () => {
    const { execution } = scriptedExecd({
      "POST /base/command": {
        body: executionFrames([
          init,
          { code: "RUNTIME_ERROR", message: "error running commands failed to start commands: no" },
        ]),
      },
    });
    const error = await lastValueFrom(execution.commands.start("x")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "execution-failed", serverCode: "RUNTIME_ERROR" });
  });

  it("gives a refusal before the stream with the server's code", async () => {
    const { execution } = scriptedExecd({
      "POST /base/command": {
        status: 400,
        json: { code: "INVALID_REQUEST_BODY", message: "working directory does not exist: /x" },
      },
    });
    const error = await lastValueFrom(execution.commands.run("x")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid-request", status: 400, serverCode: "INVALID_REQUEST_BODY" });
  });
});
