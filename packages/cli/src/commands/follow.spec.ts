import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, toExecution, type Client, type Execution, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { firstValueFrom, lastValueFrom } from "rxjs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../main.js";
import { startCuttingRelay, type CuttingRelay } from "../testing/cutting-relay.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { bin, running, rxsandbox, spawned, type Spawned } from "../testing/spawn-rxsandbox.js";

const hasScript = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

let stateDir = "";
let server: ReferenceServer;
let relay: CuttingRelay;
let client: Client;
let sandbox: Sandbox;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-follow-"));
  relay = await startCuttingRelay();
  server = await startReferenceServer({ port: 0, stateDir, allowRoot: true, tailMs: 0, allowedHosts: [relay.domain] });
  relay.leadTo(server.domain);
  client = createClient({ domain: server.domain, apiKey: server.apiKey });
  sandbox = await firstValueFrom(client.create({ image: "python:3.11" }));
});

afterEach(() => {
  relay.mend();
  for (const child of running) child.kill("SIGKILL");
});

afterAll(async () => {
  await client.close();
  await relay.close();
  await server.close();
  await rm(stateDir, { recursive: true, force: true });
});

/** The program, with every request through the relay. */
function through(verb: string, ...args: readonly string[]): Spawned {
  return rxsandbox([verb, "--proxy", ...args], relayed());
}

function relayed(): NodeJS.ProcessEnv {
  return { OPEN_SANDBOX_DOMAIN: relay.domain, OPEN_SANDBOX_API_KEY: server.apiKey };
}

const within = { timeout: 15_000, interval: 10 };
/** Runs on until a file is there, so that a cut is always in its middle. */
const halves = (flag: string): string => `seq 1 100; while [ ! -e ${flag} ]; do sleep 0.05; done; seq 101 200; exit 5`;
const all = Array.from({ length: 200 }, (_, index) => `${index + 1}\n`).join("");

async function inSandbox(command: string): Promise<Execution> {
  return await lastValueFrom(sandbox.commands.run(command).pipe(toExecution()));
}

/** The same program in this process, straight to the server. */
async function rxsandboxHere(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const code = await main([args[0] ?? "", "--state-dir", stateDir, ...args.slice(1)], terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

describe("rxsandbox follow", () => {
  it("goes on behind the last byte after a cut link, says so on stderr, and exits as the command", async () => {
    const { output, code } = through("follow", sandbox.id, halves("/tmp/go-1"));
    await vi.waitFor(() => expect(output.stdout).toContain("\n100\n"), within);
    relay.cut();
    await vi.waitFor(() => expect(output.stderr).toContain("reconnecting (attempt 2)"), within);
    relay.mend();
    await inSandbox("touch /tmp/go-1");
    expect(await code).toBe(5);
    expect(output.stdout).toBe(all);
    expect(output.stderr).toMatch(/^rxsandbox: reconnecting \(attempt 1\): .*\[network\]$/m);
  });

  it.skipIf(!hasScript)("writes plain lines on a terminal while a link is cut", async () => {
    const line = `exec timeout --foreground -s KILL 15 '${process.execPath}' '${bin}' follow --proxy ${sandbox.id} '${halves("/tmp/go-2")}'`;
    const { output, code } = spawned("script", ["-qec", `stty columns 80 -echo; ${line}`, "/dev/null"], {
      ...relayed(),
      TERM: "xterm",
    });
    await vi.waitFor(() => expect(output.stdout).toContain("\n100\r\n"), within);
    relay.cut();
    await vi.waitFor(() => expect(output.stdout).toContain("reconnecting (attempt 1)"), within);
    relay.mend();
    await inSandbox("touch /tmp/go-2");
    expect(await code).toBe(5);
    const shown = output.stdout.replaceAll("\r\n", "\n");
    expect(shown.replaceAll(/^rxsandbox: reconnecting .*\n/gm, "")).toBe(all);
  });

  it("ends the command on Ctrl-C", async () => {
    const { child, output, code } = through("follow", sandbox.id, "echo $$; exec sleep 60");
    await vi.waitFor(() => expect(output.stdout).toContain("\n"), within);
    child.kill("SIGINT");
    expect(await code).toBe(130);
    const { end } = await inSandbox(`kill -0 ${output.stdout}`);
    expect(end).toEqual({ kind: "exited", exitCode: 1 });
  });

  it("keeps its place in a file: killed or interrupted, the next one goes on, and the command starts once", async () => {
    const token = join(stateDir, "token");
    const command = `echo begun >> /tmp/begun; ${halves("/tmp/go-3")}`;
    const first = through("follow", "--token", token, sandbox.id, command);
    await vi.waitFor(() => expect(first.output.stdout).toContain("\n100\n"), within);
    await vi.waitFor(() => expect(readFileSync(token, "utf8")).toContain('"running"'), within);
    first.child.kill("SIGINT");
    expect(await first.code).toBe(130);
    expect(first.output.stderr).toContain(`rxsandbox follow --token ${token}`);
    await inSandbox("touch /tmp/go-3");
    const next = through("follow", "--token", token, sandbox.id, command);
    expect(await next.code).toBe(5);
    expect(first.output.stdout + next.output.stdout).toBe(all);
    expect(await rxsandboxHere("follow", "--token", token)).toMatchObject({ code: 5, stdout: "" });
    expect((await inSandbox("cat /tmp/begun")).stdout.text).toBe("begun\n");
  });

  it("answers a token file that keeps nothing with 64 and writes none, and a sandbox that is gone with 74", async () => {
    const token = join(stateDir, "no-token");
    const nothing = await rxsandboxHere("follow", "--token", token);
    expect(nothing.code).toBe(64);
    expect(nothing.stderr).toContain("keeps no command");
    expect(existsSync(token)).toBe(false);
    expect((await rxsandboxHere("follow", "no-such-sandbox", "true")).code).toBe(74);
  });
});

describe("rxsandbox logs", () => {
  it("prints what there is, and waits for the end with -f", async () => {
    const started = await rxsandboxHere("follow", "--detach", sandbox.id, halves("/tmp/go-4"));
    expect(started.code).toBe(0);
    const id = started.stdout.trim();
    const half = all.slice(0, all.indexOf("101"));
    await vi.waitFor(
      async () => expect(await rxsandboxHere("logs", sandbox.id, id)).toEqual({ code: 0, stdout: half, stderr: "" }),
      within,
    );
    const followed = rxsandboxHere("logs", "-f", sandbox.id, id);
    await inSandbox("touch /tmp/go-4");
    expect(await followed).toEqual({ code: 5, stdout: all, stderr: "" });
  });

  it("answers an unknown command with 125", async () => {
    expect((await rxsandboxHere("logs", sandbox.id, "no-such-command")).code).toBe(125);
  });
});

describe("rxsandbox watch", () => {
  it("prints the changes of one sandbox until it is gone, across a cut link, and of all until Ctrl-C", async () => {
    const watched = await firstValueFrom(client.create({ image: "python:3.11" }));
    const one = through("watch", watched.id);
    const every = through("watch", "--json");
    await vi.waitFor(() => expect(one.output.stdout, one.output.stderr).toMatch(/ added +\S+ Running/), within);
    await vi.waitFor(() => expect(every.output.stdout).toContain(watched.id), within);
    relay.cut();
    await vi.waitFor(() => expect(one.output.stderr).toContain("reconnecting (attempt 1)"), within);
    relay.mend();
    await firstValueFrom(watched.kill(), { defaultValue: undefined });
    expect(await one.code).toBe(0);
    expect(one.output.stdout).toMatch(new RegExp(`^\\S+ removed ${watched.id} Terminated`, "m"));
    await vi.waitFor(() => {
      const lines = every.output.stdout.trimEnd().split("\n");
      const seen = lines.map((line) => JSON.parse(line) as { type: string; sandbox: { id: string } });
      expect(seen.filter(({ sandbox: { id } }) => id === watched.id).at(-1)?.type).toBe("removed");
    }, within);
    every.child.kill("SIGINT");
    expect(await every.code).toBe(130);
  });
});
