import { EMPTY, concat, firstValueFrom, lastValueFrom, throwError, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { executionFrames } from "@rxsandbox/testkit";
import { scriptedExecd, type ScriptedExecdOptions } from "../testing/scripted-execd.js";
import { stdoutText } from "../operators/output-texts.js";

const frames = executionFrames([
  { type: "init", id: "s", timestamp: 1 },
  { type: "stdout", text: "hi", unit: "line", timestamp: 1 },
  { type: "execution_complete", executionTimeMs: 4, timestamp: 2 },
]);
const routes = {
  "POST *\/session": { json: { session_id: "s" } },
  "POST *\/session/s/run": { body: frames },
  "DELETE *\/session/s": {},
};

describe("createSession", () => {
  it("runs in the session that it created and leaves it alive", async () => {
    const { execution, sent, transport } = scriptedExecd(routes);
    const session = await firstValueFrom(execution.createSession({ workingDirectory: "/w" }));
    const text = await lastValueFrom(
      session.run("echo hi", { workingDirectory: "/x", timeoutSeconds: 2 }).pipe(stdoutText()),
    );
    expect(text).toBe("hi\n");
    expect(sent()).toEqual(["POST /session", "POST /session/s/run"]);
    expect(transport.requests.map((request) => request.json())).toEqual([
      { cwd: "/w" },
      { command: "echo hi", cwd: "/x", timeout: 2000 },
    ]);
  });

  it("says in the server's words that a run timed out", async () => {
    const sentence = "error running in session. timeout after 300ms";
    const { execution } = scriptedExecd({
      ...routes,
      "POST *\/session/s/run": {
        body: executionFrames([
          { type: "init", id: "s", timestamp: 1 },
          { code: "RUNTIME_ERROR", message: sentence },
        ]),
      },
    });
    const session = await firstValueFrom(execution.createSession());
    await expect(lastValueFrom(session.run("sleep 5", { timeoutSeconds: 0.3 }))).rejects.toMatchObject({
      message: `Run in session (POST /session/s/run): ${sentence} [execution-timed-out]`,
      serverCode: "RUNTIME_ERROR",
      serverMessage: sentence,
      sessionId: "s",
    });
  });

  it("deletes a session that nobody waits for any more", async () => {
    const { execution, sent, scope } = scriptedExecd(routes);
    execution.createSession().subscribe().unsubscribe();
    await scope.close();
    expect(sent()).toEqual(["POST /session", "DELETE /session/s"]);
  });
});

describe("withSession", () => {
  it("deletes the session before it completes", async () => {
    const { execution, sent } = scriptedExecd(routes);
    const values = await lastValueFrom(
      execution.withSession({}, (session) => concat(session.run("a"), session.run("b"))).pipe(toArray()),
    );
    expect(values.length).toBe(6);
    expect(sent().at(-1)).toBe("DELETE /session/s");
  });

  it("passes the inner error on after the delete", async () => {
    const { execution, sent } = scriptedExecd(routes);
    await expect(lastValueFrom(execution.withSession({}, () => throwError(() => new Error("mine"))))).rejects.toThrow(
      "mine",
    );
    expect(sent()).toEqual(["POST /session", "DELETE /session/s"]);
  });

  it("errors cleanup-failed when the delete fails after a success", async () => {
    const { execution } = scriptedExecd({
      ...routes,
      "DELETE *\/session/s": { status: 500, json: { code: "RUNTIME_ERROR", message: "no" } },
    });
    await expect(
      lastValueFrom(
        execution.withSession({}, () => EMPTY),
        { defaultValue: undefined },
      ),
    ).rejects.toMatchObject({ code: "cleanup-failed" });
  });
});

describe("session.run", () => {
  const direct: ScriptedExecdOptions = { url: "http://sandbox.test/x/proxy/44772" };

  it("asks for a connection of its own where kept-alive ones lose runs", async () => {
    for (const [options, closes] of [
      [direct, true],
      [{ ...direct, access: "proxy" }, false],
      [{ url: "http://sandbox.test/x" }, false],
    ] as const) {
      const { execution, transport } = scriptedExecd(routes, options);
      await lastValueFrom(execution.attachSession("s").run("x"));
      expect(transport.requests[0]!.closeConnection ?? false).toBe(closes);
    }
  });

  it("has a pull form, which a consumer may leave", async () => {
    const { execution, sent } = scriptedExecd(routes);
    const session = execution.attachSession("s");
    const types: string[] = [];
    for await (const { type } of session.iterate("echo hi", { highWaterMark: 1 })) types.push(type);
    expect(types).toEqual(["init", "stdout", "execution_complete"]);
    for await (const { type } of session.iterate("echo hi")) if (type === "init") break;
    expect(sent()).toEqual(["POST /session/s/run", "POST /session/s/run"]);
    expect(() => session.iterate(" ")).toThrow(expect.objectContaining({ argument: "command" }) as Error);
    expect(sent()).toHaveLength(2);
  });

  it("errors unsupported there on a platform that cannot", async () => {
    const { execution, sent } = scriptedExecd(routes, { ...direct, connectionClose: false });
    await expect(lastValueFrom(execution.attachSession("s").run("x"))).rejects.toMatchObject({ code: "unsupported" });
    expect(sent()).toEqual([]);
  });
});
