import { byteScript, executionFrames, liveBody } from "@rxsandbox/testkit";
import { describe, expect, it } from "vitest";
import { SandboxException } from "../errors/exceptions.js";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 3 } as const;
const line = (text: string) => ({ type: "stdout", text, unit: "line", timestamp: 2 }) as const;
const failed = (value: string) =>
  ({ type: "error", error: { name: "CommandExecError", value, traceback: [] }, timestamp: 3 }) as const;
const interrupt = { "DELETE /s/command": {} };

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn += 1) await Promise.resolve();
  expect(condition()).toBe(true);
}

describe("commands.run", () => {
  it("sends the official options and resolves at the end event, before the body ends", async () => {
    const body = liveBody();
    const { sandbox, transport } = await scriptedSandbox({ "POST /s/command": { live: body } });
    body.send(executionFrames([init, line("hi"), complete]));
    const execution = await sandbox.commands.run("echo hi", {
      workingDirectory: "/w",
      timeoutSeconds: 1.5,
      uid: 1,
      gid: 2,
      envs: { A: "b" },
    });
    expect(transport.calls("POST /s/command")[0]!.json()).toEqual({
      command: "echo hi",
      cwd: "/w",
      timeout: 1500,
      uid: 1,
      gid: 2,
      envs: { A: "b" },
    });
    expect(execution).toEqual({
      id: "c",
      logs: { stdout: [{ text: "hi", timestamp: 2, isError: false }], stderr: [] },
      result: [],
      complete: { timestamp: 3, executionTimeMs: 4 },
      exitCode: 0,
    });
  });

  it.each([
    ["3", 3],
    ["-1", -1],
    ["fork/exec: no", null],
  ])("takes the exit code of the error value %j", async (value, exitCode) => {
    const { sandbox } = await scriptedSandbox({ "POST /s/command": { body: executionFrames([init, failed(value)]) } });
    expect(await sandbox.commands.run("x")).toMatchObject({ exitCode, error: { name: "CommandExecError", value } });
  });

  it("rejects when the stream stops without an end, with what the server reports inside it, and on an invalid answer", async () => {
    const { sandbox } = await scriptedSandbox({
      "POST /s/command": [
        { body: executionFrames([init, line("half")]) },
        { body: executionFrames([init, { code: "RUNTIME_ERROR", message: "broke" }]) },
        { status: 400, json: { code: "INVALID_REQUEST_BODY", message: "no such directory" } },
      ],
    });
    await expect(sandbox.commands.run("x")).rejects.toMatchObject({ error: { code: "STREAM_TRUNCATED" } });
    await expect(sandbox.commands.run("x")).rejects.toMatchObject({
      error: { code: "RUNTIME_ERROR" },
      rawBody: { message: "broke" },
    });
    await expect(sandbox.commands.run("x")).rejects.toMatchObject({ message: "no such directory", statusCode: 400 });
  });

  it("awaits handlers one by one and pauses the connection for a slow one", async () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `${index}`);
    const { sandbox, transport } = await scriptedSandbox({
      "POST /s/command": {
        body: byteScript(...[init, ...texts.map(line), complete].map((frame) => executionFrames([frame]))),
      },
    });
    let release: (() => void) | undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    let running = 0;
    const seen: string[] = [];
    const run = sandbox.commands.run(
      "x",
      {},
      {
        skipAccumulation: true,
        onStdout: async ({ text }) => {
          running += 1;
          expect(running).toBe(1);
          if (seen.length === 0) await blocked;
          await Promise.resolve();
          seen.push(text);
          running -= 1;
        },
      },
    );
    await until(() => transport.calls("POST /s/command")[0]?.isPaused === true);
    expect(seen).toEqual([]);
    release?.();
    expect((await run).logs.stdout).toEqual([]);
    expect(seen).toEqual(texts);
  });

  it("rejects with what a handler throws, and ends the command", async () => {
    const body = liveBody();
    const { sandbox, sent } = await scriptedSandbox({ "POST /s/command": { live: body }, ...interrupt });
    body.send(executionFrames([init, line("hi")]));
    const mine = new Error("mine");
    await expect(sandbox.commands.run("x", {}, { onStdout: () => Promise.reject(mine) })).rejects.toBe(mine);
    await until(() => sent().includes("DELETE /s/command"));
  });

  it("is aborted at any time, which ends the command and rejects with the reason", async () => {
    const body = liveBody();
    const { sandbox, sent } = await scriptedSandbox({ "POST /s/command": { live: body }, ...interrupt });
    const controller = new AbortController();
    const run = sandbox.commands.run(
      "sleep 600",
      {},
      { onInit: () => queueMicrotask(() => controller.abort(new Error("enough"))) },
      controller.signal,
    );
    body.send(executionFrames([init]));
    await expect(run).rejects.toThrow("enough");
    await until(() => sent().includes("DELETE /s/command"));
    await expect(sandbox.commands.run("x", {}, {}, controller.signal)).rejects.toThrow("enough");
    expect(sent().filter((call) => call === "POST /s/command")).toHaveLength(1);
  });

  it("has no exit code for a background command", async () => {
    const { sandbox, transport } = await scriptedSandbox({
      "POST /s/command": { body: executionFrames([init, complete]) },
    });
    const seen: string[] = [];
    const execution = await sandbox.commands.run(
      "sleep 9",
      { background: true },
      { onInit: ({ id }) => void seen.push(id), onExecutionComplete: () => void seen.push("complete") },
    );
    expect(transport.calls("POST /s/command")[0]!.json()).toMatchObject({ background: true });
    expect(seen).toEqual(["c", "complete"]);
    expect(execution.id).toBe("c");
    expect("exitCode" in execution).toBe(false);
  });

  it.each([
    [" ", {}, "command cannot be empty"],
    ["x", { gid: 1 }, "uid is required when gid is provided"],
  ])("refuses %j with %j", async (command, opts, message) => {
    const { sandbox, sent } = await scriptedSandbox();
    const error: unknown = await sandbox.commands.run(command, opts).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SandboxException);
    expect(error).toMatchObject({ message });
    expect(sent()).toEqual([]);
  });
});

describe("commands.runStream", () => {
  it("gives the events as they are on the wire, pings and unknown ones too", async () => {
    const odd = { type: "unknown", wireType: "odd", raw: { type: "odd", extra: 1 }, timestamp: 0 } as const;
    const { sandbox } = await scriptedSandbox({
      "POST /s/command": { body: executionFrames([init, { type: "ping", timestamp: 2 }, odd, failed("3")]) },
    });
    const events: unknown[] = [];
    for await (const event of sandbox.commands.runStream("x")) events.push(event);
    expect(events).toEqual([
      { type: "init", text: "c", timestamp: 1 },
      { type: "ping", text: "pong", timestamp: 2 },
      { type: "odd", extra: 1 },
      { type: "error", timestamp: 3, error: { ename: "CommandExecError", evalue: "3", traceback: null } },
    ]);
  });

  it("ends the command when the loop is left", async () => {
    const body = liveBody();
    const { sandbox, sent } = await scriptedSandbox({ "POST /s/command": { live: body }, ...interrupt });
    body.send(executionFrames([init, line("hi")]));
    for await (const event of sandbox.commands.runStream("x")) if (event.type === "stdout") break;
    await until(() => sent().includes("DELETE /s/command"));
  });
});

describe("commands.getBackgroundCommandLogs", () => {
  it("keeps a character whole that two answers share", async () => {
    const log = new TextEncoder().encode("a€b");
    const part = (from: number, to: number) => ({
      body: log.slice(from, to),
      headers: { "execd-commands-tail-cursor": String(to) },
    });
    const { sandbox } = await scriptedSandbox({
      "GET /s/command/c/logs": ({ query }) =>
        query.get("cursor") === null ? part(0, 2) : part(Number(query.get("cursor")), 5),
    });
    const first = await sandbox.commands.getBackgroundCommandLogs("c");
    expect(first).toEqual({ content: "a", cursor: 1 });
    expect(await sandbox.commands.getBackgroundCommandLogs("c", first.cursor)).toEqual({ content: "€b", cursor: 5 });
  });
});

describe("commands.getCommandStatus", () => {
  it("leaves out what the server does not know, and says null for an end that has not come", async () => {
    const { sandbox } = await scriptedSandbox({
      "GET /s/command/status/c": { json: { id: "c", running: true, started_at: "2026-11-23T02:03:37Z" } },
    });
    expect(await sandbox.commands.getCommandStatus("c")).toEqual({
      id: "c",
      running: true,
      exitCode: null,
      startedAt: new Date("2026-11-23T02:03:37Z"),
      finishedAt: null,
    });
  });
});

describe("sessions", () => {
  it("are created, run in and deleted by their id", async () => {
    const { sandbox, sent, transport } = await scriptedSandbox({
      "POST /s/session": { json: { session_id: "x" } },
      "POST /s/session/x/run": { body: executionFrames([init, failed("7")]) },
      "DELETE /s/session/x": {},
    });
    const id = await sandbox.commands.createSession({ workingDirectory: "/w" });
    const execution = await sandbox.commands.runInSession(id, "exit 7", { workingDirectory: "/x", timeoutSeconds: 2 });
    expect(execution).toMatchObject({ exitCode: 7, error: { name: "CommandExecError", value: "7" } });
    await sandbox.commands.deleteSession(id);
    expect(sent()).toEqual(["POST /s/session", "POST /s/session/x/run", "DELETE /s/session/x"]);
    expect(transport.requests.slice(-3, -1).map((request) => request.json())).toEqual([
      { cwd: "/w" },
      { command: "exit 7", cwd: "/x", timeout: 2000 },
    ]);
    await expect(sandbox.commands.runInSession("", "x")).rejects.toThrow("sessionId cannot be empty");
  });
});
