import { concatMap, filter, firstValueFrom, lastValueFrom, map, toArray, type Observable } from "rxjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxError,
  isSandboxGone,
  type Access,
  type Client,
  type Sandbox,
  type SandboxError,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";

const failureOf = (work: Observable<unknown>): Promise<unknown> =>
  lastValueFrom(work.pipe(toArray())).then(
    (values) => values,
    (error: unknown) => error,
  );

describe.each<Access>(["direct", "proxy"])("a sandbox that somebody else kills, by %s access", (access) => {
  let server: ReferenceServer;
  let client: Client;
  let other: Client;
  let sandbox: Sandbox;

  beforeAll(async () => {
    server = await startReferenceServer({ allowRoot: true, advertise: false, tailMs: 0 });
    client = createClient({ domain: server.domain, apiKey: server.apiKey, access });
    other = createClient({ domain: server.domain, apiKey: server.apiKey });
  });
  afterAll(async () => {
    await client.close();
    await other.close();
    await server.close();
  });
  beforeEach(async () => {
    sandbox = await firstValueFrom(client.create({ image: "any" }));
  }, 30_000);
  afterEach(async () => {
    await firstValueFrom(sandbox.kill());
  });

  /** Runs, and has the sandbox killed as soon as something came of it. */
  const killedDuring = (events: Observable<{ readonly type: string }>): Promise<unknown> => {
    let isKilled = false;
    return failureOf(
      events.pipe(
        filter(({ type }) => type !== "ping"),
        concatMap((event) => {
          if (isKilled) return [event];
          isKilled = true;
          return other.sandboxes.kill(sandbox.id).pipe(map(() => event));
        }),
      ),
    );
  };

  const expectGone = (error: unknown): SandboxError => {
    expect(isSandboxGone(error), String(error)).toBe(true);
    expect(error).toMatchObject({
      code: "not-found",
      sandboxId: sandbox.id,
      retryable: false,
      requestId: expect.stringMatching(/./),
    });
    expect((error as SandboxError).message).toContain(`sandbox ${sandbox.id} `);
    return error as SandboxError;
  };

  it("says so in the error of a command that runs, with its id and what the stream saw", async () => {
    const error = expectGone(await killedDuring(sandbox.commands.run("echo started; sleep 60")));
    expect(error.commandId).toMatch(/./);
    expect(isSandboxError(error.cause)).toBe(true);
  });

  it("says so in the error of a session run", async () => {
    const session = await firstValueFrom(sandbox.createSession());
    const error = expectGone(await killedDuring(session.run("echo started; sleep 60")));
    expect(error.sessionId).toBe(session.id);
  });

  it("says so in the error of a terminal that is attached", async () => {
    const terminal = await firstValueFrom(sandbox.terminals.create());
    expectGone(await killedDuring(terminal.output.pipe(map(() => ({ type: "output" })))));
  });

  it("says so in the errors of all calls after it", async () => {
    await firstValueFrom(sandbox.commands.run("true").pipe(filter(({ type }) => type === "init")));
    await firstValueFrom(other.sandboxes.kill(sandbox.id));
    for (const call of [
      sandbox.commands.run("true"),
      sandbox.files.readFile("/etc/hostname"),
      sandbox.createSession(),
      sandbox.code.listContexts(),
      sandbox.getMetrics(),
      sandbox.ping(),
    ]) {
      expectGone(await failureOf(call));
    }
  });
});
