import { executionFrames } from "@rxsandbox/testkit";
import { describe, expect, it } from "vitest";
import { oneLine, scriptedSandbox } from "../testing/scripted-sandbox.js";

const base = "/s/v1/isolated";
const created = { session_id: "i", created_at: "2026-11-23T02:03:37Z" };
const state = { status: "active", created_at: created.created_at, idle_remaining_seconds: null, profile: "strict" };
const routes = {
  [`POST ${base}/session`]: { status: 201, json: created },
  [`GET ${base}/session/i`]: { json: state },
  [`DELETE ${base}/session/i`]: {},
  [`POST ${base}/session/i/run`]: { body: oneLine },
  [`GET ${base}/sessions`]: { json: { sessions: [{ session_id: "i", status: "active" }] } },
  [`GET ${base}/capabilities`]: {
    json: { available: true, isolator: "bwrap", commit_supported: false, diff_supported: false },
  },
};

describe("createIsolation", () => {
  it("creates with the names of the wire, runs, reads and deletes", async () => {
    const { sandbox, transport } = await scriptedSandbox(routes);
    const session = await sandbox.isolation.create({
      workspace: { path: "/w", mode: "overlay" },
      share_net: false,
      binds: [{ source: "/a", dest: "/b", readonly: true }],
      idle_timeout_seconds: 60,
    });
    expect(transport.calls(`POST ${base}/session`)[0]!.json()).toEqual({
      workspace: { path: "/w", mode: "overlay" },
      share_net: false,
      binds: [{ source: "/a", dest: "/b", readonly: true }],
      idle_timeout_seconds: 60,
    });
    expect(session.info).toMatchObject({ ...created, profile: "strict", workspace: { path: "/w" } });
    const seen: string[] = [];
    const execution = await session.run(
      "echo hi",
      { timeout_seconds: 2 },
      { onStdout: ({ text }) => void seen.push(text) },
    );
    expect([execution.exitCode, seen]).toEqual([0, ["hi"]]);
    expect(transport.calls(`POST ${base}/session/i/run`)[0]!.json()).toEqual({ code: "echo hi", timeout_seconds: 2 });
    expect(await session.get()).toEqual(state);
    await session.delete();
  });

  it("lists, tells capabilities, and attaches by id", async () => {
    const { sandbox } = await scriptedSandbox(routes);
    expect(await sandbox.isolation.list()).toEqual([{ session_id: "i", status: "active" }]);
    expect(await sandbox.isolation.capabilities()).toMatchObject({
      available: true,
      isolator: "bwrap",
      commit_supported: false,
    });
    expect((await sandbox.isolation.attach("i")).info).toMatchObject({
      session_id: "i",
      created_at: created.created_at,
    });
  });

  it("deletes the session of runOnce, also when a handler throws", async () => {
    const { sandbox, transport } = await scriptedSandbox(routes);
    expect(await sandbox.isolation.runOnce("echo hi", "/w", { workspaceMode: "ro" })).toMatchObject({ exitCode: 0 });
    const mine = new Error("mine");
    await expect(
      sandbox.isolation.runOnce("echo hi", "/w", { handlers: { onStdout: () => Promise.reject(mine) } }),
    ).rejects.toBe(mine);
    expect(transport.calls(`DELETE ${base}/session/i`)).toHaveLength(2);
  });

  it("rejects where a stream breaks off and where the daemon has no isolation", async () => {
    const { sandbox } = await scriptedSandbox({
      ...routes,
      [`POST ${base}/session/i/run`]: { body: executionFrames([{ type: "init", id: "i", timestamp: 1 }]) },
    });
    await expect(sandbox.isolation.runOnce("x", "/w")).rejects.toMatchObject({ error: { code: "STREAM_TRUNCATED" } });
    const without = await scriptedSandbox({
      [`GET ${base}/capabilities`]: { status: 404, body: "404 page not found" },
    });
    await expect(without.sandbox.isolation.capabilities()).rejects.toMatchObject({ statusCode: 404 });
  });
});
