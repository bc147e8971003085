import { setTimeout as delay } from "node:timers/promises";
import { firstValueFrom, lastValueFrom, toArray } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import {
  createClient,
  isSandboxGone,
  type Access,
  type Client,
  type FollowEvent,
  type FollowToken,
  type LogCursor,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer, type ReferenceServerOptions } from "@rxsandbox/reference-server";

type Fault = NonNullable<ReferenceServerOptions["faults"]>[number];

const slow = "for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.1; done; exit 4";
const slowText = [1, 2, 3, 4, 5, 6, 7, 8].map((line) => `line ${line}\n`).join("");
const textOf = (events: readonly FollowEvent[]): string =>
  events.map((event) => (event.type === "output" ? event.text : "")).join("");

describe("follow, on an embedded server that misbehaves", () => {
  let server: ReferenceServer | undefined;
  let client: Client | undefined;

  const start = async (faults: readonly Fault[] = [], access: Access = "direct"): Promise<Sandbox> => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, faults });
    client = createClient({ domain: server.domain, apiKey: server.apiKey, access });
    return firstValueFrom(client.create({ image: "any" }));
  };
  afterEach(async () => {
    await client?.close();
    await server?.close();
  }, 60_000);

  it.each<Fault>(["late-log", "late-status", "cut-logs", "slow-logs", "background-late-registration"])(
    "gives exactly the log and the end with %s",
    async (fault) => {
      const { commands } = await start([fault]);
      const [few, many] = await Promise.all([
        lastValueFrom(commands.follow(slow).pipe(toArray())),
        lastValueFrom(commands.follow("seq 1 20000").pipe(toArray())),
      ]);
      expect(textOf(few)).toBe(slowText);
      expect(few.at(-1)).toMatchObject({ type: "end", end: { kind: "exited", exitCode: 4 } });
      expect(textOf(many)).toBe(Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(""));
      const reconnects = [...few, ...many].filter(({ type }) => type === "reconnecting").length;
      if (fault === "cut-logs") expect(reconnects).toBeGreaterThan(0);
      else expect(reconnects).toBe(0);
    },
    60_000,
  );

  it("ends behind a cursor beyond the end where the daemon echoes it, and refuses it where it tells the size", async () => {
    const beyond = async (faults: readonly Fault[]): Promise<unknown> => {
      const { id, commands } = await start(faults);
      const handle = await firstValueFrom(commands.start("echo hi"));
      const token: FollowToken = { v: 1, sandboxId: id, commandId: handle.id, cursor: "100" as LogCursor };
      const outcome = await lastValueFrom(commands.resume(token)).catch((error: unknown) => error);
      await client?.close();
      await server?.close();
      return outcome;
    };
    expect(await beyond([])).toMatchObject({ type: "end", end: { kind: "exited", exitCode: 0 } });
    expect(await beyond(["log-cursor-is-size"])).toMatchObject({ code: "conflict" });
  }, 60_000);

  it.each<Access>(["direct", "proxy"])(
    "survives a pause and a resume of the sandbox, by %s access",
    async (access) => {
      const sandbox = await start([], access);
      const events = lastValueFrom(sandbox.commands.follow(slow).pipe(toArray()));
      await delay(250);
      await lastValueFrom(sandbox.pause());
      await expect.poll(async () => (await firstValueFrom(sandbox.getInfo())).status.state).toBe("Paused");
      await delay(1500);
      await lastValueFrom(sandbox.resume());
      const seen = await events;
      expect(textOf(seen)).toBe(slowText);
      // A paused sandbox answers nobody: a request waits for the resume, or fails and is followed by another.
      expect(seen.at(-1)).toMatchObject({ type: "end", end: { kind: "exited", exitCode: 4 } });
    },
    60_000,
  );

  it("ends with the reason when the sandbox is gone", async () => {
    const sandbox = await start();
    const failure = lastValueFrom(sandbox.commands.follow("sleep 60")).catch((error: unknown) => error);
    await delay(300);
    await lastValueFrom(sandbox.kill());
    expect(isSandboxGone(await failure)).toBe(true);
  }, 60_000);
});
