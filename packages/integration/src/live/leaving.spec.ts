import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { firstValueFrom, lastValueFrom, take } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { abortWith, createClient, toExecution, type Client, type Sandbox } from "@rxsandbox/client";
import { Sandbox as OfficialSandbox } from "@rxsandbox/compat";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";

/** Pairs of commands: 28 by default, 200 and more before a release. */
const pairs = Math.max(28, 2 * Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 0));
/** Runs that are left with more output to come than is read on. */
const endless = Math.max(2, Number(process.env["RXSANDBOX_LIVE_CASES"] ?? 0) / 10);
/** Pairs under way at once, each in a sandbox of its own: a strike hits every command of a sandbox. */
const lanes = 6;
const cli = fileURLToPath(new URL("../../../cli/dist/bin.js", import.meta.url));

/** A command that writes slowly, or one that ends about when it is left and pings in its tail. */
const commands = fc.constantFrom(
  "while :; do echo tick; sleep 0.2; done",
  "for i in 1 2 3; do echo tick; sleep 0.1; done",
  "sleep 600",
);
const moments = fc.integer({ min: 0, max: 700 });

interface Pair {
  readonly server: ReferenceServer;
  readonly sandbox: Sandbox;
  readonly command: string;
  readonly leaveAfterMs: number;
}

const connected = async (
  { server, sandbox }: Pair,
  access: "direct" | "proxy" = "direct",
): Promise<{ client: Client; other: Sandbox }> => {
  const client = createClient({ domain: server.domain, apiKey: server.apiKey, access });
  return { client, other: await firstValueFrom(client.connect(sandbox.id)) };
};

/** Every way to leave a run. Resolves when the run is left, not when it is over. */
const ways: Readonly<Record<string, (pair: Pair) => Promise<unknown>>> = {
  async unsubscribe({ sandbox, command, leaveAfterMs }) {
    const subscription = sandbox.commands.run(command).subscribe();
    await delay(leaveAfterMs);
    subscription.unsubscribe();
  },
  async break({ sandbox, command, leaveAfterMs }) {
    const leaveAt = performance.now() + leaveAfterMs;
    for await (const _ of sandbox.commands.iterate(command, { highWaterMark: 1 }))
      if (performance.now() >= leaveAt || command.startsWith("sleep")) break;
  },
  async abortWith({ sandbox, command, leaveAfterMs }) {
    await lastValueFrom(sandbox.commands.run(command).pipe(abortWith(AbortSignal.timeout(leaveAfterMs)))).catch(
      () => undefined,
    );
  },
  async take({ sandbox, command, leaveAfterMs }) {
    await lastValueFrom(sandbox.commands.run(command).pipe(take(1 + (leaveAfterMs % 3))));
  },
  async close(pair) {
    const { client, other } = await connected(pair);
    other.commands.run(pair.command).subscribe({ error: () => undefined });
    await delay(pair.leaveAfterMs);
    await client.close();
  },
  async proxied(pair) {
    const { client, other } = await connected(pair, "proxy");
    const subscription = other.commands.run(pair.command).subscribe();
    await delay(pair.leaveAfterMs);
    subscription.unsubscribe();
    await client.close();
  },
  async "cli, SIGINT"({ server, sandbox, command, leaveAfterMs }) {
    const child = spawn(process.execPath, [cli, "run", "--server", server.domain, "--sandbox", sandbox.id, command], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, OPEN_SANDBOX_API_KEY: server.apiKey },
    });
    const ended = once(child, "close");
    if (!command.startsWith("sleep")) await Promise.race([once(child.stdout, "data"), ended]);
    await delay(leaveAfterMs);
    child.kill("SIGINT");
    await ended;
  },
  async "compat, signal"({ server, sandbox, command, leaveAfterMs }) {
    const other = await OfficialSandbox.connect({
      sandboxId: sandbox.id,
      connectionConfig: { domain: server.domain, apiKey: server.apiKey },
    });
    await other.commands.run(command, {}, undefined, AbortSignal.timeout(leaveAfterMs)).catch(() => undefined);
    await other.close();
  },
};

describe("leaving a run, on a daemon that kills neighbours by broken pipes", () => {
  let server: ReferenceServer;
  let client: Client;
  let sandboxes: readonly Sandbox[] = [];

  beforeAll(async () => {
    server = await startReferenceServer({ port: 0, allowRoot: true, advertise: false, faults: ["sigpipe-neighbours"] });
    client = createClient({ domain: server.domain, apiKey: server.apiKey });
    sandboxes = await Promise.all(
      Array.from({ length: lanes }, () => firstValueFrom(client.create({ image: "host", timeoutSeconds: 3600 }))),
    );
  }, 60_000);

  afterAll(async () => {
    await client?.close();
    await server?.close();
  });

  it(`for ${pairs} pairs of commands, every way to leave one and any moment, lets the other live`, async () => {
    const names = Object.keys(ways);
    const queue = fc
      .sample(fc.tuple(commands, moments), pairs)
      .map(([command, leaveAfterMs], index) => ({ command, leaveAfterMs, way: names[index % names.length]! }));
    const counts = new Map(names.map((name) => [name, { tries: 0, killed: 0 }]));
    const lane = async (sandbox: Sandbox): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const neighbour = lastValueFrom(sandbox.commands.run("sleep 3.5; echo survived").pipe(toExecution()));
        await ways[next.way]!({ server, sandbox, ...next });
        const { stdout } = await neighbour;
        const count = counts.get(next.way)!;
        count.tries += 1;
        if (stdout.text !== "survived\n") count.killed += 1;
      }
    };
    await Promise.all(sandboxes.map(lane));
    process.stdout.write(
      [...counts].map(([way, { tries, killed }]) => `${way}: ${killed} of ${tries} neighbours killed\n`).join(""),
    );
    expect([...counts].filter(([, { killed }]) => killed > 0)).toEqual([]);
  }, 1_200_000);

  it.runIf(process.env["CI"] === "true")(
    `for ${endless} endless outputs, which reach the bound of reading on, lets at most one neighbour in twenty die`,
    async () => {
      let killed = 0;
      const queue = Array.from({ length: endless }, (_, index) => index);
      const lane = async (sandbox: Sandbox): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          // More than can be sent in 6 s, and no more than that on the disk.
          const subscription = sandbox.commands.run("yes | head -c 60000000; sleep 60").subscribe();
          const neighbour = lastValueFrom(sandbox.commands.run("sleep 14; echo survived").pipe(toExecution()));
          await delay(500);
          subscription.unsubscribe();
          if ((await neighbour).stdout.text !== "survived\n") killed += 1;
        }
      };
      await Promise.all(sandboxes.slice(0, 2).map(lane));
      process.stdout.write(`endless output: ${killed} of ${endless} neighbours killed\n`);
      expect(killed).toBeLessThanOrEqual(endless / 20);
    },
    1_200_000,
  );
});
