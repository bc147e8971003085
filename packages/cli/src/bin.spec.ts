import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReferenceServer, type ReferenceServer } from "@rxsandbox/reference-server";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bin, running, rxsandbox, spawned, type Spawned } from "./testing/spawn-rxsandbox.js";

const hasScript = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

/** Command lines of live processes that contain the marker. */
function processesWith(marker: string): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return line.includes(marker) ? [line] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

let stateDir = "";
let server: ReferenceServer;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-cli-"));
  server = await startReferenceServer({ port: 0, stateDir, allowRoot: true, tailMs: 0 });
});

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

afterAll(async () => {
  await server.close();
  await rm(stateDir, { recursive: true, force: true });
});

const run = (...args: string[]): Spawned => rxsandbox(["run", "--state-dir", stateDir, ...args]);

async function sandboxIds(): Promise<string[]> {
  const { output, code } = rxsandbox(["list", "--json", "--state-dir", stateDir]);
  expect(await code).toBe(0);
  return (JSON.parse(output.stdout) as { id: string }[]).map(({ id }) => id);
}

describe("rxsandbox run", () => {
  it.each([
    ["true", 0],
    ["exit 3", 3],
    ["exit 255", 255],
    ["no-such-command-here", 127],
    ["kill -KILL $$", 137],
    ["kill -TERM $$", 143],
  ])("ends %j with %i", async (command, expected) => {
    const { output, code } = run(command);
    expect(await code, output.stderr).toBe(expected);
  });

  it("streams each output to where the command wrote it and leaves no sandbox", async () => {
    const { output, code } = run("echo out; echo err >&2; echo; printf last");
    expect(await code).toBe(0);
    expect(output.stdout).toBe("out\n\nlast\n");
    expect(output.stderr).toContain("err\n");
    expect(await sandboxIds()).toEqual([]);
  });

  // Only `script` of util-linux runs a command line on a pseudo-terminal; without an input of its own that terminal has
  // 0 columns.
  it.skipIf(!hasScript).each([
    ["0 columns", "", {}],
    ["no escape codes", "stty columns 80; ", { TERM: "dumb" }],
    ["80 columns in CI", "stty columns 80; ", { CI: "true" }],
  ])("writes plain lines on a terminal of %s", async (_what, prepare, env) => {
    // The limit ends a program that writes for ever, which killing `script` alone would not.
    const line = `${prepare}exec timeout --foreground -s KILL 15 '${process.execPath}' '${bin}' run --state-dir '${stateDir}' 'echo done'`;
    const { output, code } = spawned("script", ["-qec", line, "/dev/null"], { CI: undefined, TERM: "xterm", ...env });
    expect(await code).toBe(0);
    expect(output.stdout).toContain("Creating a sandbox from python:3.11\r\n");
    expect(output.stdout).toContain("done\r\n");
    expect(output.stdout).not.toContain("\u001b");
  });

  it("passes words, working directory and environment on as given", async () => {
    const { output, code } = run(
      "--cwd",
      "/tmp",
      "--env",
      "WHO=a b",
      "sh",
      "-c",
      'pwd; echo "$WHO" "$1"',
      "sh",
      "it's $HOME",
    );
    expect(await code).toBe(0);
    expect(output.stdout).toBe("/tmp\na b it's $HOME\n");
  });

  it("gives 137 to a command that takes longer than its timeout", async () => {
    const { code } = run("--timeout", "0.5", "sleep 60");
    expect(await code).toBe(137);
  });

  it("leaves the sandbox with --keep, for a next run with --sandbox", async () => {
    const first = run("--keep", "echo kept > /tmp/kept");
    expect(await first.code).toBe(0);
    const [id = ""] = await sandboxIds();
    expect(first.output.stderr).toContain(id);
    const next = run("--sandbox", id, "cat /tmp/kept");
    expect(await next.code).toBe(0);
    expect(next.output.stdout).toBe("kept\n");
    const response = await fetch(`http://${server.domain}/v1/sandboxes/${id}`, {
      method: "DELETE",
      headers: { "OPEN-SANDBOX-API-KEY": server.apiKey },
    });
    expect(response.ok).toBe(true);
  });

  it("ends with 64 for a blank command, 125 for a wrong key and 74 without a server there", async () => {
    expect(await run(" ").code).toBe(64);
    const wrongKey = rxsandbox(["run", "--state-dir", stateDir, "true"], {
      OPEN_SANDBOX_DOMAIN: server.domain,
      OPEN_SANDBOX_API_KEY: "not-the-key-of-it",
    });
    expect(await wrongKey.code).toBe(125);
    expect(wrongKey.output.stderr).not.toContain("not-the-key");
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    silent.close();
    expect(await rxsandbox(["run", "--state-dir", stateDir, "--server", `127.0.0.1:${port}`, "true"]).code).toBe(74);
  });

  it("ends with 74 when the server goes away during the command", async () => {
    const otherStateDir = await mkdtemp(join(tmpdir(), "rxsandbox-cli-"));
    const other = await startReferenceServer({ port: 0, stateDir: otherStateDir, allowRoot: true });
    try {
      const { output, code } = rxsandbox(["run", "--state-dir", otherStateDir, "echo started; sleep 60"]);
      await vi.waitFor(() => expect(output.stdout).toBe("started\n"), { timeout: 15_000, interval: 20 });
      await other.close();
      expect(await code).toBe(74);
    } finally {
      await other.close();
      await rm(otherStateDir, { recursive: true, force: true });
    }
  });

  it.each([
    ["SIGINT", 130, "61.7301"],
    ["SIGTERM", 143, "61.7302"],
    ["SIGHUP", 129, "61.7303"],
  ] as const)("ends the command and the sandbox on %s", async (signal, expected, marker) => {
    const { child, output, code } = run(`echo started; sleep ${marker}`);
    await vi.waitFor(() => expect(output.stdout).toBe("started\n"), { timeout: 15_000, interval: 20 });
    expect(processesWith(`sleep ${marker}`)).not.toEqual([]);
    child.kill(signal);
    expect(await code).toBe(expected);
    expect(await sandboxIds()).toEqual([]);
    expect(processesWith(`sleep ${marker}`)).toEqual([]);
  });

  it.each([
    ["stdout", "61.7304", "echo once; while :; do echo tick; sleep 0.05; done & sleep %"],
    ["stdout and stderr", "61.7305", "echo once; while :; do echo tick; echo tock >&2; sleep 0.05; done & sleep %"],
    ["stderr", "61.7306", "echo once; while :; do echo tock >&2; sleep 0.05; done & sleep %"],
  ])(
    "ends the command and the sandbox when the reader of %s goes away, as of head -1",
    async (which, marker, command) => {
      const { child, output, code } = run(command.replace("%", marker));
      await vi.waitFor(() => expect(output.stdout).toContain("once\n"), { timeout: 15_000, interval: 20 });
      expect(processesWith(`sleep ${marker}`)).not.toEqual([]);
      if (which.includes("stdout")) child.stdout!.destroy();
      if (which.includes("stderr")) child.stderr!.destroy();
      expect(await code).toBe(141);
      expect(await sandboxIds()).toEqual([]);
      expect(processesWith(`sleep ${marker}`)).toEqual([]);
    },
  );

  it("ends endless output at the end of a pipe", async () => {
    const status = `${stateDir}/status`;
    const line = `"$0" "$1" run --state-dir "$2" "yes 61.7307"; echo $? > "$3"`;
    const shell = spawn("/bin/sh", ["-c", `{ ${line}; } | head -1`, process.execPath, bin, stateDir, status], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    running.add(shell);
    let text = "";
    shell.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await once(shell, "close");
    running.delete(shell);
    expect(text).toBe("61.7307\n");
    expect(readFileSync(status, "utf8")).toBe("141\n");
    expect(await sandboxIds()).toEqual([]);
    expect(processesWith("yes 61.7307")).toEqual([]);
  });

  it("undoes a create that is under way on SIGINT", async () => {
    const { child, output, code } = run("echo never");
    await vi.waitFor(() => expect(output.stderr).toContain("Creating"), { timeout: 15_000, interval: 1 });
    child.kill("SIGINT");
    expect(await code).toBe(130);
    expect(output.stdout).toBe("");
    expect(await sandboxIds()).toEqual([]);
  });
});

describe("rxsandbox list", () => {
  it("prints a table", async () => {
    const { output, code } = rxsandbox(["list", "--state-dir", stateDir]);
    expect(await code).toBe(0);
    expect(output.stdout).toMatch(/^ID +STATE +IMAGE +AGE +EXPIRES\n/);
  });
});

describe("rxsandbox serve", () => {
  it("says where it listens, what it does not isolate and where the key is, and ends on SIGINT", async () => {
    const ownStateDir = await mkdtemp(join(tmpdir(), "rxsandbox-cli-"));
    try {
      const { child, output, code } = rxsandbox(["serve", "--port", "0", "--allow-root", "--state-dir", ownStateDir]);
      await vi.waitFor(() => expect(output.stdout).toContain("Ctrl-C"), { timeout: 15_000, interval: 20 });
      const state = JSON.parse(readFileSync(join(ownStateDir, "server.json"), "utf8")) as {
        domain: string;
        apiKey: string;
      };
      expect(output.stdout).toContain(`http://${state.domain}`);
      expect(output.stdout).toContain("not isolated");
      expect(output.stdout).toContain(join(ownStateDir, "server.json"));
      expect(output.stdout + output.stderr).not.toContain(state.apiKey);
      child.kill("SIGINT");
      expect(await code).toBe(0);
      expect(existsSync(join(ownStateDir, "server.json"))).toBe(false);
    } finally {
      await rm(ownStateDir, { recursive: true, force: true });
    }
  });
});

describe("rxsandbox demo", () => {
  // Each judges a server, which takes 15 to 25 s. `npm run demo` shows the same.
  it.runIf(process.env["CI"] === "true").each(["auto", "process"])(
    "shows a sandbox from create to kill with driver %s and ends with 0 (in CI only)",
    async (driver) => {
      const { output, code } = rxsandbox(["demo", "--driver", driver]);
      expect(await code, output.stderr).toBe(0);
      expect(output.stdout).toMatch(/lift-off from process \d/);
      expect(output.stdout).toContain("Grüße from a sandbox");
      expect(output.stdout).toContain("The sandbox has been deleted");
      expect(output.stdout).toContain("conformant: quick");
      expect(output.stdout).toMatch(/Report: .+\/rxsandbox-conformance\/report\.\w+/);
    },
    60_000,
  );

  it("ends everything on SIGINT", async () => {
    const { child, output, code } = rxsandbox(["demo"]);
    await vi.waitFor(() => expect(output.stdout).toContain("5 ..."), { timeout: 15_000, interval: 10 });
    child.kill("SIGINT");
    expect(await code).toBe(130);
    expect(output.stdout).not.toMatch(/lift-off from process \d/);
  });
});
