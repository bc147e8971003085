import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import {
  concatMap,
  connect,
  first,
  firstValueFrom,
  forkJoin,
  ignoreElements,
  lastValueFrom,
  merge,
  mergeMap,
  take,
  toArray,
  type Observable,
} from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  toExecution,
  type Client,
  type ClientEvent,
  type CodeContext,
  type Execution,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { liveProcesses } from "./live-processes.js";

/** Code by language: keeps a state, prints it, asks for what is not there, and does not end by itself. */
const languages = [
  {
    language: "javascript",
    program: "node",
    keep: (n: number) => `const kept = ${n}`,
    tell: "console.log(kept)",
    unset: "kept",
    error: "ReferenceError",
    endless: "console.log('on'); for (;;) {}",
    interrupted: "Error",
  },
  {
    language: "python",
    program: "python3",
    keep: (n: number) => `kept = ${n}`,
    tell: "print(kept)",
    unset: "kept",
    error: "NameError",
    endless: "import time\nprint('on')\nwhile True: time.sleep(0.05)",
    interrupted: "KeyboardInterrupt",
  },
  {
    language: "bash",
    program: "bash",
    keep: (n: number) => `kept=${n}`,
    tell: "echo $kept",
    unset: 'test -n "$kept"',
    error: "CommandExecError",
    endless: "echo on; while :; do sleep 0.05; done",
    interrupted: "CommandExecError",
  },
] as const;

/** Whether the machine has a program: what needs one that it has not says so in its name and does not run. */
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

describe("code, with real kernels", () => {
  let server: ReferenceServer;
  let client: Client;
  let sandbox: Sandbox;
  const failedCleanups: ClientEvent[] = [];

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false });
    client = createClient({
      domain: server.domain,
      apiKey: server.apiKey,
      events: { next: (event) => void (event.type === "cleanup-failed" && failedCleanups.push(event)) },
    });
    sandbox = await firstValueFrom(client.create({ image: "host" }));
  }, 60_000);

  afterAll(async () => {
    await client?.close();
    await server?.close();
    expect(failedCleanups).toEqual([]);
  });

  const contextOf = (language: string): Promise<CodeContext> =>
    firstValueFrom(sandbox.code.createContext({ language }));
  const run = (code: string, context: CodeContext): Promise<Execution> =>
    lastValueFrom(sandbox.code.run(code, { context }).pipe(toExecution()));

  for (const { language, program, keep, tell, unset, error, endless, interrupted } of languages)
    describe.skipIf(!has(program))(`${language}, where ${program} is there,`, () => {
      it("keeps state in a context and not across contexts", async () => {
        const [one, other] = [await contextOf(language), await contextOf(language)];
        expect((await run(keep(7), one)).end).toEqual({ kind: "completed" });
        expect((await run(tell, one)).stdout.text).toBe("7\n");
        expect(await run(unset, other)).toMatchObject({ end: { kind: "failed" }, error: { name: error } });
      });

      it("runs in three contexts at once", async () => {
        const contexts = [await contextOf(language), await contextOf(language), await contextOf(language)];
        const runs = contexts.map((context, index): Observable<Execution> =>
          sandbox.code.run(keep(index), { context }).pipe(
            toExecution(),
            concatMap(() => sandbox.code.run(tell, { context }).pipe(toExecution())),
          ),
        );
        expect((await lastValueFrom(forkJoin(runs))).map(({ stdout }) => stdout.text)).toEqual(["0\n", "1\n", "2\n"]);
      });

      it("is interrupted by the id of init, and errors for a second run meanwhile", async () => {
        const context = await contextOf(language);
        const busy: unknown[] = [];
        const second = async (): Promise<void> => {
          await run("1", context).catch((thrown: unknown) => busy.push(thrown));
          await lastValueFrom(sandbox.code.interrupt(context.id), { defaultValue: undefined });
        };
        const [, ended] = await lastValueFrom(
          sandbox.code.run(endless, { context }).pipe(
            connect((events) =>
              merge(
                events.pipe(
                  first(({ type }) => type === "stdout"),
                  mergeMap(second),
                ),
                events.pipe(toExecution()),
              ),
            ),
            toArray(),
          ),
        );
        expect(ended).toMatchObject({ id: context.id, end: { kind: "failed" }, error: { name: interrupted } });
        expect(busy).toMatchObject([{ code: "invalid-state", retryable: true }]);
      });

      it("is interrupted by an unsubscribe, which leaves the context", async () => {
        const context = await contextOf(language);
        await run(keep(9), context);
        await lastValueFrom(sandbox.code.run(endless, { context }).pipe(take(2)));
        // Busy until the interrupt has arrived.
        let told: Execution | undefined;
        for (const deadline = Date.now() + 10_000; told === undefined && Date.now() < deadline; await delay(20))
          told = await run(tell, context).catch(() => undefined);
        expect(told?.stdout.text).toBe("9\n");
      });
    });

  it("lists, gets and deletes contexts, one by one and by language", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() =>
        firstValueFrom(sandbox.code.createContext({ language: "javascript", workingDirectory: "/tmp" })),
      ),
    );
    expect(one).toMatchObject({ language: "javascript", workingDirectory: "/tmp" });
    expect(await firstValueFrom(sandbox.code.attachContext(one!.id))).toMatchObject({
      id: one!.id,
      language: "javascript",
    });
    expect((await firstValueFrom(sandbox.code.listContexts())).map(({ id }) => id)).toEqual(
      expect.arrayContaining([one!.id, two!.id]),
    );
    await lastValueFrom(sandbox.code.deleteContext(one!.id), { defaultValue: undefined });
    await expect(firstValueFrom(sandbox.code.attachContext(one!.id))).rejects.toMatchObject({ code: "not-found" });
    await expect(lastValueFrom(sandbox.code.run("1", { context: one! }))).rejects.toMatchObject({ code: "not-found" });
    await lastValueFrom(sandbox.code.deleteContexts("javascript"), { defaultValue: undefined });
    expect(await firstValueFrom(sandbox.code.listContexts({ language: "javascript" }))).toEqual([]);
  });

  it("errors for the interrupt of an id that nobody has, and for languages without kernel", async () => {
    await expect(lastValueFrom(sandbox.code.interrupt("nope"))).rejects.toMatchObject({
      status: 500,
      serverCode: "RUNTIME_ERROR",
    });
    await expect(firstValueFrom(sandbox.code.createContext({ language: "cobol" }))).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(lastValueFrom(sandbox.code.run("1", { language: "cobol" }))).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(firstValueFrom(sandbox.code.listContexts({ language: "sql" }))).rejects.toMatchObject({
      code: "unsupported",
    });
  });

  it("dies with its sandbox", async () => {
    const own = await firstValueFrom(client.create({ image: "host" }));
    const seconds = 800_000 + Math.floor(Math.random() * 100_000);
    const code = `require("child_process").spawn("sleep", ["${seconds}"]); console.log("on"); await new Promise(() => {})`;
    const run = own.code.run(code, { language: "javascript" }).pipe(
      connect((events) =>
        merge(
          events.pipe(ignoreElements()),
          events.pipe(
            first(({ type }) => type === "stdout"),
            mergeMap(() => own.kill()),
          ),
        ),
      ),
    );
    expect(isSandboxError(await lastValueFrom(run).catch((thrown: unknown) => thrown))).toBe(true);
    expect(await liveProcesses(String(seconds))).toEqual([]);
  });
});
