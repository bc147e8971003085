import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client, type Sandbox } from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { firstValueFrom, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../main.js";
import type { Terminal } from "../terminal.js";
import { recordingTerminal } from "../testing/recording-terminal.js";

let stateDir = "";
let server: ReferenceServer;
let client: Client;
let sandbox: Sandbox;
let directory = "";

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-verbs-"));
  server = await startReferenceServer({ port: 0, stateDir, allowRoot: true, tailMs: 0 });
  client = createClient({ domain: server.domain, apiKey: server.apiKey });
  sandbox = await firstValueFrom(client.create({ image: "python:3.11" }));
  // The process driver has no /tmp of its own.
  directory = (await runs("exec", sandbox.id, "mktemp -d")).stdout.trim();
}, 60_000);

afterAll(async () => {
  await client.close();
  await server.close();
  await rm(stateDir, { recursive: true, force: true });
});

/** Runs the program in this process. */
async function runs(verb: string, ...args: readonly string[]) {
  return await runsWith({}, verb, ...args);
}

async function runsWith(given: Pick<Terminal, "input">, verb: string, ...args: readonly string[]) {
  const terminal = recordingTerminal();
  const { out, err, isInteractive } = terminal;
  const code = await main([verb, "--state-dir", stateDir, ...args], { out, err, isInteractive, ...given });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

async function* pieces(...given: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* given;
}

async function ids(): Promise<readonly string[]> {
  const infos = await lastValueFrom(client.sandboxes.listAll().pipe(toArray()));
  return infos.map(({ id }) => id);
}

describe("rxsandbox exec", () => {
  it("runs in a sandbox that stays, and exits as the command", async () => {
    const { code, stdout, stderr } = await runs("exec", "-e", "WHO=me", sandbox.id, 'echo "$WHO"; echo no >&2; exit 4');
    expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: "me\n", stderr: "no\n" });
    expect(await ids()).toEqual([sandbox.id]);
  });

  it("forwards every byte of its input with -i, and leaves no file", async () => {
    const input = pieces(
      Uint8Array.from({ length: 256 }, (_, index) => index),
      new Uint8Array(100_000).fill(10),
    );
    const { code, stdout } = await runsWith(
      { input },
      "exec",
      "-i",
      "-e",
      `TMPDIR=${directory}`,
      sandbox.id,
      `od -An -tu1 -N4 -j252; ls ${directory}`,
    );
    expect(code).toBe(0);
    expect(stdout).toBe(" 252 253 254 255\n");
  });

  it("counts its input to the end, and gives a command without -i none", async () => {
    const bytes = new Uint8Array(100_000).fill(120);
    expect((await runsWith({ input: pieces(bytes) }, "exec", "-i", sandbox.id, "wc", "-c")).stdout.trim()).toBe(
      "100000",
    );
    expect((await runsWith({ input: pieces(bytes) }, "exec", sandbox.id, "wc", "-c")).stdout.trim()).toBe("0");
  });

  it("answers -t without a terminal with 64, and an unknown sandbox with 125", async () => {
    expect((await runs("exec", "-it", sandbox.id, "true")).code).toBe(64);
    expect((await runs("shell", sandbox.id)).code).toBe(64);
    expect((await runs("exec", "no-such-sandbox", "true")).code).toBe(125);
  });
});

describe("rxsandbox run", () => {
  it("gives the new sandbox a name, metadata and an end, and forwards input with -i", async () => {
    const options = ["--name", "mine", "--metadata", "team=a", "--ttl", "600", "-i"];
    const input = pieces(new TextEncoder().encode("hello"));
    expect(await runsWith({ input }, "run", "-q", ...options, "cat")).toEqual({
      code: 0,
      stdout: "hello\n",
      stderr: "",
    });
    const kept = await runs("run", "--keep", "--name", "mine", "--metadata", "team=a", "--ttl", "600", "true");
    expect(kept.code).toBe(0);
    const [id = ""] = (await ids()).filter((each) => each !== sandbox.id);
    const [info] = JSON.parse((await runs("inspect", id)).stdout) as [{ metadata: object; expiresAt: string }];
    expect(info.metadata).toEqual({ name: "mine", team: "a" });
    expect(Date.parse(info.expiresAt) - Date.now()).toBeLessThan(601_000);
    expect(await runs("ps", "-q")).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id}\n`) });
    const renewed = await runs("renew", id, "1200");
    expect(Date.parse(renewed.stdout.trim()) - Date.now()).toBeGreaterThan(1_100_000);
    expect(await runs("pause", id)).toEqual({ code: 0, stdout: `${id}\n`, stderr: "" });
    expect(await runs("resume", id)).toEqual({ code: 0, stdout: `${id}\n`, stderr: "" });
    const killed = await runs("rm", "no-such-sandbox", id);
    expect({ code: killed.code, stdout: killed.stdout }).toEqual({ code: 125, stdout: `${id}\n` });
    expect(killed.stderr).toContain("no-such-sandbox");
    expect(await ids()).toEqual([sandbox.id]);
  }, 60_000);
});

describe("rxsandbox cp", () => {
  it("copies a directory in and out, with every byte and the permissions, and tells what it leaves out", async () => {
    const local = join(stateDir, "tree");
    await mkdir(join(local, "sub"), { recursive: true });
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    await writeFile(join(local, "sub", "data.bin"), bytes);
    await writeFile(join(local, "run.sh"), "exit 3\n");
    await chmod(join(local, "run.sh"), 0o755);
    await symlink("run.sh", join(local, "link"));
    const up = await runs("cp", local, `${sandbox.id}:${directory}`);
    expect(up).toEqual({
      code: 0,
      stdout: "",
      stderr: `Left out ${join(local, "link")}, which is neither a file nor a directory\n`,
    });
    expect((await runs("exec", sandbox.id, `${directory}/tree/run.sh || exit $?`)).code).toBe(3);
    const back = join(stateDir, "back");
    expect(await runs("cp", `${sandbox.id}:${directory}/tree`, back)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(join(back, "sub", "data.bin"))).toEqual(bytes);
    expect((await stat(join(back, "run.sh"))).mode & 0o777).toBe(0o755);
  });

  it("copies one file into a directory or under a name, and leaves the old one when it fails", async () => {
    const file = join(stateDir, "one.txt");
    await writeFile(file, "one");
    expect((await runs("cp", file, `${sandbox.id}:${directory}/two.txt`)).code).toBe(0);
    expect((await runs("cp", `${sandbox.id}:${directory}/two.txt`, stateDir)).code).toBe(0);
    expect(await readFile(join(stateDir, "two.txt"), "utf8")).toBe("one");
    expect((await runs("cp", `${sandbox.id}:${directory}/none.txt`, file)).code).toBe(125);
    expect(await readFile(file, "utf8")).toBe("one");
    expect((await runs("cp", file, join(stateDir, "x"))).code).toBe(64);
  });
});
