import { Sandbox, SandboxApiException, type ExecutionHandlers } from "@rxsandbox/compat";
import { CodeInterpreter, SupportedLanguages, type CodeContext } from "@rxsandbox/compat/code-interpreter";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serveScenarios, type ScenarioServer } from "./serve-scenarios.js";

const { JAVASCRIPT } = SupportedLanguages;

/** Behaviours 28, 29 and 31 of the official suite, with the kernel that every machine with Node has. */
describe.each([false, true])(
  "compat's code interpreter against the embedded server, useServerProxy: %s",
  (useServerProxy) => {
    let server: ScenarioServer;
    let sandbox: Sandbox;
    let codes: CodeInterpreter["codes"];

    beforeAll(async () => {
      server = await serveScenarios();
      sandbox = await Sandbox.create({ image: "host", connectionConfig: { ...server.connection, useServerProxy } });
      ({ codes } = await CodeInterpreter.create(sandbox));
    }, 60_000);

    afterAll(async () => {
      await sandbox?.kill();
      await sandbox?.close();
      await server?.close();
    });

    it("creates, gets, lists and deletes contexts", async () => {
      const context = await codes.createContext(JAVASCRIPT);
      expect(await codes.getContext(context.id!)).toEqual(context);
      const ids = async (...of: Parameters<typeof codes.listContexts>): Promise<unknown[]> =>
        (await codes.listContexts(...of)).map(({ id }) => id);
      expect(await ids()).toContain(context.id);
      expect(await ids(JAVASCRIPT)).toContain(context.id);
      await codes.deleteContext(context.id!);
      await expect(codes.getContext(context.id!)).rejects.toBeInstanceOf(SandboxApiException);
      await codes.createContext(JAVASCRIPT);
      await codes.deleteContexts(JAVASCRIPT);
      expect(await ids(JAVASCRIPT)).toEqual([]);
    });

    it("keeps state in a context and not across contexts, and gives results, errors and no exit code", async () => {
      const [one, other] = [await codes.createContext(JAVASCRIPT), await codes.createContext(JAVASCRIPT)];
      await codes.run("const kept = 2 + 2", { context: one });
      const lines: string[] = [];
      const handlers: ExecutionHandlers = { onStdout: ({ text }) => void lines.push(text) };
      const good = await codes.run("console.log('kept', kept); kept", { context: one, handlers });
      expect(good.result[0]?.text).toBe("4");
      expect(lines.join("")).toContain("kept 4");
      expect(good.error).toBeUndefined();
      expect(good.complete).toBeDefined();
      const bad = await codes.run("kept", { context: other });
      expect(bad.error?.name).toBe("ReferenceError");
      for (const execution of [good, bad]) expect(execution).not.toHaveProperty("exitCode");
      expect((await codes.run("1 + 1", { language: JAVASCRIPT })).result[0]?.text).toBe("2");
    });

    it("interrupts by the id of init, by an abort and by leaving the loop, and refuses an id that is unknown", async () => {
      const context = await codes.createContext(JAVASCRIPT);
      const endless = "console.log('on'); for (;;) {}";
      const interrupted = await codes.run(endless, {
        context,
        handlers: { onInit: ({ id }) => void setImmediate(() => void codes.interrupt(id)) },
      });
      expect(interrupted.id).toBe(context.id);
      expect(interrupted.error).toBeDefined();
      const leaving = new AbortController();
      await expect(
        codes.run(endless, {
          context,
          signal: leaving.signal,
          handlers: { onStdout: () => leaving.abort(new Error("enough")) },
        }),
      ).rejects.toThrow("enough");
      expect(await free(context)).toBe("3");
      for await (const { type } of codes.runStream({ code: endless, context })) if (type === "stdout") break;
      expect(await free(context)).toBe("3");
      await expect(codes.interrupt("00000000-0000-4000-8000-000000000000")).rejects.toBeInstanceOf(SandboxApiException);
    });

    /** The result of a run, as soon as the kernel is free again. */
    function free(context: CodeContext): Promise<string | undefined> {
      return vi.waitFor(async () => (await codes.run("1 + 2", { context })).result[0]?.text, { timeout: 5000 });
    }
  },
);
