import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byteScript, executionFrames, faults, type Answer, type RouteScript } from "@rxsandbox/testkit";
import { InvalidArgumentError, type ClientEvent, type SandboxError } from "@rxsandbox/transport";
import { createClient } from "../create-client.js";
import { scriptedServer } from "../testing/scripted-server.js";
import type { Sandbox } from "../sandbox.js";
import { capture, type CaptureEvent } from "./capture.js";
import type { CaptureOptions } from "./capture-options.js";

const SECOND = 1000;
const stdout = new TextEncoder().encode("line 1\nline 2\nzwölf\n");
const begun = executionFrames([
  { type: "init", id: "c", timestamp: 1 },
  { type: "execution_complete", executionTimeMs: 1, timestamp: 2 },
]);
const missing: Answer = { status: 404, json: { code: "FILE_NOT_FOUND", message: "no such file" } };

interface Model {
  /** Milliseconds after its start at which the command ends; `Infinity` when it does not by itself. */
  readonly runsMs?: number;
  readonly bytes?: Uint8Array;
  readonly answerMs?: number;
  readonly routes?: Readonly<Record<string, RouteScript>>;
}

/** A sandbox in memory with one command `c`, whose output goes to files while their directory is there. */
function world({ runsMs = 3 * SECOND, bytes = stdout, answerMs = 0, routes = {} }: Model = {}) {
  const directories = new Set<string>();
  const state = { startedAt: undefined as number | undefined, isEnded: false, hasFiles: false };
  const isRunning = (): boolean =>
    state.startedAt !== undefined && !state.isEnded && performance.now() - state.startedAt < runsMs;
  const later = <A extends object>(answer: A): A & { readonly delayMs: number } => ({ ...answer, delayMs: answerMs });
  const server = scriptedServer(
    {},
    {
      "POST *\/directories": (request) => {
        for (const path of Object.keys(request.json() as object)) directories.add(path);
        return later({});
      },
      "DELETE *\/directories": ({ query }) => {
        directories.delete(query.get("path") ?? "");
        return later({});
      },
      "POST *\/command": () => {
        // As the shell does: without the directory it gives up.
        state.hasFiles = directories.size > 0;
        state.startedAt = performance.now();
        state.isEnded = !state.hasFiles;
        return later({ body: begun });
      },
      "DELETE *\/command": () => {
        state.isEnded = true;
        return later({});
      },
      "GET *\/command/c/logs": () => later({ headers: { "execd-commands-tail-cursor": "0" } }),
      "GET *\/command/status/c": () =>
        later({ json: { id: "c", running: isRunning(), ...(!isRunning() && { exit_code: 0 }) } }),
      "GET *\/files/info": ({ query }) => {
        if (!state.hasFiles) return missing;
        const info = (path: string): object => ({
          path,
          size: path.endsWith(".out") ? bytes.length : 0,
          modified_at: "2026-11-23T02:03:37Z",
          created_at: "2026-11-23T02:03:37Z",
          owner: "root",
          group: "root",
          mode: 600,
        });
        return later({ json: Object.fromEntries(query.getAll("path").map((path) => [path, info(path)])) });
      },
      "GET *\/files/download": ({ headers }) => later(part(bytes, headers["range"] ?? "")),
      ...routes,
    },
  );
  server.alive.set("s1", "");
  const events: ClientEvent[] = [];
  const client = createClient({
    domain: "cp.test",
    apiKey: "KEY",
    access: "proxy",
    transport: server.transport,
    retry: false,
    events: { next: (event) => events.push(event) },
  });
  return {
    client,
    sandbox: client.attach("s1"),
    directories,
    transport: server.transport,
    isRunning,
    sent: (start: string) =>
      server
        .sent()
        .map((call) => call.replace(/ \/.*proxy\/44772/, " "))
        .filter((call) => call.startsWith(start)),
    cleanupFailures: () => events.filter(({ type }) => type === "cleanup-failed"),
  };
}

function part(bytes: Uint8Array, range: string) {
  const [first = 0, last = 0] = range.replace("bytes=", "").split("-").map(Number);
  const body = bytes.slice(first, last + 1);
  return {
    status: 206,
    headers: { "content-length": String(body.length), "content-range": `bytes ${first}-${last}/${bytes.length}` },
    body: byteScript(body),
  };
}

function watch(sandbox: Sandbox, options?: CaptureOptions) {
  const seen: { events: CaptureEvent[]; error?: SandboxError; isComplete: boolean } = { events: [], isComplete: false };
  const subscription = capture(sandbox, "x", options).subscribe({
    next: (event) => seen.events.push(event),
    error: (error: SandboxError) => (seen.error = error),
    complete: () => (seen.isComplete = true),
  });
  const result = () => {
    const last = seen.events.at(-1);
    return last?.type === "result" ? last.execution : undefined;
  };
  return { seen, subscription, result };
}

describe("capture", () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
      }),
  );
  afterEach(() => void vi.useRealTimers());

  it("makes the directory, starts the command in it, reads the files and removes them", async () => {
    const { sandbox, transport, directories, sent } = world();
    const { seen, result } = watch(sandbox, { envs: { A: "1" } });
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(seen.isComplete).toBe(true);
    expect(seen.events[0]).toEqual({ type: "started", commandId: "c" });
    expect(seen.events.at(-2)).toEqual({ type: "progress", stdoutBytes: 21, stderrBytes: 0, readBytes: 21 });
    expect(result()).toEqual({
      id: "c",
      stdout: { text: "line 1\nline 2\nzwölf\n", truncated: false, omittedBytes: 0 },
      stderr: { text: "", truncated: false, omittedBytes: 0 },
      results: [],
      omittedResults: 0,
      executionCount: null,
      executionTimeMs: null,
      error: null,
      end: { kind: "exited", exitCode: 0 },
      limitReached: false,
    });
    const [directory = ""] = Object.keys(Object(transport.calls("POST *\/directories")[0]?.json()));
    expect(transport.calls("POST *\/directories")[0]?.json()).toEqual({ [directory]: { mode: 700 } });
    const [start] = transport.calls("POST *\/command");
    const { command, ...rest } = Object(start?.json()) as { readonly command: string };
    expect(command).toMatch(/^exec >>'(.*)\.out' 2>>'\1\.err' \|\| exit 1\nx$/);
    expect(command).toContain(directory);
    expect(rest).toEqual({ background: true, envs: { A: "1" } });
    expect(directories.size).toBe(0);
    expect(sent("DELETE")).toEqual(["DELETE /directories"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on at the byte where the link was cut, and tells it", async () => {
    let cuts = 0;
    const { sandbox, transport } = world({
      routes: {
        "GET *\/files/download": ({ headers }) => {
          const answer = part(stdout, headers["range"] ?? "");
          return cuts++ < 3 ? { ...answer, body: faults.reset(answer.body, 5) } : answer;
        },
      },
    });
    const { seen, result } = watch(sandbox);
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(result()?.stdout.text).toBe("line 1\nline 2\nzwölf\n");
    expect(seen.events.filter(({ type }) => type === "reconnecting")).toHaveLength(3);
    expect(transport.calls("GET *\/files/download").map(({ headers }) => headers["range"])).toEqual([
      "bytes=0-20",
      "bytes=5-20",
      "bytes=10-20",
      "bytes=15-20",
    ]);
  });

  it("reads only the beginning and the end of what it may not hold, and cuts no character", async () => {
    const { sandbox } = world({ bytes: new TextEncoder().encode("äöüäöüäöü") });
    const { result } = watch(sandbox, { maxOutputBytes: 10 });
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    // 5 bytes each: two characters and a half.
    expect(result()?.stdout).toEqual({ text: "äööü", truncated: true, omittedBytes: 10 });
    const none = watch(world().sandbox, { maxOutputBytes: 0 });
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(none.result()?.stdout).toEqual({ text: "", truncated: true, omittedBytes: 21 });
  });

  it("interrupts once what grows beyond maxBytes, and says so", async () => {
    const { sandbox, sent } = world({ runsMs: Infinity });
    const { result } = watch(sandbox, { maxBytes: 20 });
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    expect(result()?.limitReached).toBe(true);
    expect(sent("DELETE")).toEqual(["DELETE /command", "DELETE /directories"]);
    const fits = watch(world().sandbox, { maxBytes: 21 });
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    expect(fits.result()?.limitReached).toBe(false);
  });

  it("ends the command and removes the files when it gives up", async () => {
    let isDown = false;
    const { sandbox, directories, isRunning, sent } = world({
      runsMs: Infinity,
      routes: { "GET *\/command/c/logs": (): Answer => (isDown ? { failure: "reset" } : {}) },
    });
    const { seen } = watch(sandbox, { giveUpAfterSeconds: 20 });
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    isDown = true;
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(seen.error?.code).toBe("network");
    expect([isRunning(), directories.size]).toEqual([false, 0]);
    expect(sent("DELETE").sort()).toEqual(["DELETE /command", "DELETE /directories"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("removes the files of a command that was refused, and of one that may have started unseen", async () => {
    for (const [answer, code] of [
      [{ status: 400, json: { code: "INVALID_REQUEST_BODY", message: "no" } }, "invalid-request"],
      [{ failure: "reset" }, "outcome-unknown"],
    ] as const) {
      const { sandbox, directories } = world({ routes: { "POST *\/command": answer } });
      const { seen } = watch(sandbox);
      await vi.advanceTimersByTimeAsync(20 * SECOND);
      expect([seen.error?.code, directories.size]).toEqual([code, 0]);
    }
  });

  it("says why the files are missing, in the words of the shell", async () => {
    const said = "bash: line 1: /tmp/x: Read-only file system\n";
    const { sandbox, directories } = world({
      routes: {
        "GET *\/files/info": missing,
        "GET *\/command/c/logs": ({ query }) => ({
          headers: { "execd-commands-tail-cursor": String(said.length) },
          body: said.slice(Number(query.get("cursor"))),
        }),
      },
    });
    const { seen } = watch(sandbox);
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(seen.error).toMatchObject({ code: "execution-failed", commandId: "c" });
    expect(seen.error?.message).toContain("Read-only file system");
    expect(directories.size).toBe(0);
  });

  it("tries a removal that fails again, and reports one that fails for a minute", async () => {
    const busy: Answer = { status: 500, json: { code: "RUNTIME_ERROR", message: "directory not empty" } };
    let refusals = 3;
    const passing = world({ routes: { "DELETE *\/directories": () => (refusals-- > 0 ? busy : {}) } });
    const { seen } = watch(passing.sandbox);
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(seen.isComplete).toBe(true);
    expect(passing.sent("DELETE")).toHaveLength(4);
    const lasting = world({ routes: { "DELETE *\/directories": busy } });
    watch(lasting.sandbox).subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(90 * SECOND);
    expect(lasting.cleanupFailures()).toMatchObject([{ subject: { kind: "file" }, error: { status: 500 } }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("for any moment of leaving or closing, leaves no file and no command", async () => {
    const met = { before: 0, running: 0, closed: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 6 * SECOND }),
        fc.constantFrom(0, 1, 40, 700),
        fc.boolean(),
        async (leaveMs, answerMs, isClosing) => {
          const { client, sandbox, directories, isRunning, transport, cleanupFailures } = world({ answerMs });
          const { seen, subscription } = watch(sandbox);
          await vi.advanceTimersByTimeAsync(leaveMs);
          if (seen.events.length === 0) met.before += 1;
          else if (!seen.isComplete) met.running += 1;
          if (isClosing) {
            met.closed += 1;
            await Promise.all([client.close(), vi.advanceTimersByTimeAsync(20 * SECOND)]);
          } else subscription.unsubscribe();
          await vi.advanceTimersByTimeAsync(30 * SECOND);
          expect([directories.size, isRunning(), transport.active(), cleanupFailures()]).toEqual([0, false, 0, []]);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(20);
  }, 60_000);

  it("sends nothing before it is subscribed to, and throws at the call for wrong arguments", () => {
    const { sandbox, transport } = world();
    void capture(sandbox, "x");
    expect(transport.requests).toEqual([]);
    expect(() => capture(sandbox, " ")).toThrow(InvalidArgumentError);
    expect(() => capture(sandbox, "x", { maxBytes: 0 })).toThrow("maxBytes");
    expect(() => capture(sandbox, "x", { maxOutputBytes: -1 })).toThrow("maxOutputBytes");
    expect(() => capture(sandbox, "x", { detached: true } as CaptureOptions)).toThrow("detached");
    expect(() => capture(sandbox, "x", { encoding: "bytes" } as CaptureOptions)).toThrow("encoding");
    expect(() => capture({ ...sandbox }, "x")).toThrow("sandbox");
  });
});
