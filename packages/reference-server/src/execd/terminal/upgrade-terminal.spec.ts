import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type RawData, WebSocket } from "ws";

import { type Execd, startExecd } from "../start-execd.js";

const started: { readonly execd: Execd; readonly root: string }[] = [];

afterEach(async () => {
  for (const { execd, root } of started.splice(0)) {
    await execd.close();
    rmSync(root, { recursive: true, force: true });
  }
});

async function start(faults: readonly string[] = []): Promise<{ readonly base: string; readonly root: string }> {
  const root = mkdtempSync(join(tmpdir(), "rxsandbox-pty-"));
  mkdirSync(join(root, "tmp"));
  const execd = await startExecd({
    listen: { host: "127.0.0.1", port: 0 },
    home: root,
    workingDirectory: root,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: root, TMPDIR: join(root, "tmp") },
    tailMs: 0,
    pollMs: 20,
    pingMs: 3000,
    framing: "bare",
    roots: [root],
    faults,
  });
  started.push({ execd, root });
  return { base: `http://127.0.0.1:${execd.port}`, root };
}

async function create(base: string, body: object = {}): Promise<string> {
  const answer = await fetch(`${base}/pty`, { method: "POST", body: JSON.stringify(body) });
  return ((await answer.json()) as { readonly session_id: string }).session_id;
}

/** One attached client and what it has received. */
class Attached {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly closed: Promise<string>;
  #waiting: (() => void)[] = [];

  constructor(base: string, id: string, query = "") {
    this.socket = new WebSocket(`${base.replace("http", "ws")}/pty/${id}/ws${query}`);
    this.socket.on("error", () => {});
    this.socket.on("message", (data: RawData) => {
      this.frames.push((data as Buffer).toString("latin1"));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        resolve(`${code} ${reason.toString()}`);
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
  }

  /** All output payload so far. */
  get output(): string {
    return this.frames
      .filter((frame) => "\x01\x02".includes(frame.charAt(0)))
      .map((frame) => frame.slice(1))
      .join("");
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed before it came: ${JSON.stringify(this.frames)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  stdin(text: string): void {
    this.socket.send(Buffer.from(`\0${text}`));
  }
}

const info = async (base: string, id: string): Promise<unknown> => (await fetch(`${base}/pty/${id}`)).json();

/** Polls, for what no frame tells. */
async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const isRunning = (mark: string): boolean =>
  execFileSync("ps", ["-axo", "stat=,args="], { encoding: "utf8" })
    .split("\n")
    .some((line) => line.includes(mark) && !line.startsWith("Z"));

describe("upgradeTerminal", () => {
  it("runs a shell on a terminal device, 80 by 24 until it is resized", async () => {
    const { base } = await start();
    const client = new Attached(base, await create(base));
    await client.until(() => client.output.includes("# ") || client.output.includes("$ "));
    client.stdin("tty | cut -c-8; stty size\n");
    await client.until(() => /\/dev\/pts\r\n24 80\r\n/.test(client.output));
    client.socket.send(JSON.stringify({ type: "resize", cols: 120, rows: 40 }));
    client.stdin("stty size\n");
    await client.until(() => client.output.includes("40 120\r\n"));
    client.stdin("exit 3\n");
    expect(await client.closed).toBe("1000 process exited");
    expect(client.frames.at(-1)).toBe('{"type":"exit","exit_code":3}\n');
  });

  it("keeps the daemon answering while a program on a terminal does not read", async () => {
    const { base } = await start();
    const id = await create(base, { command: "stty raw -echo; echo ready; sleep 30" });
    const client = new Attached(base, id);
    await client.until(() => client.output.includes("ready"));
    client.stdin("x".repeat(3_000_000));
    client.stdin("y");
    expect(await (await fetch(`${base}/ping`)).text()).toBe("");
    expect((await fetch(`${base}/pty/${id}`, { method: "DELETE" })).status).toBe(200);
    expect(await client.closed).toBe("1000 process exited");
  });

  it("passes input of any size on whole, in order", async () => {
    const { base } = await start();
    for (const query of ["", "?pty=0"]) {
      const command =
        query === "" ? "stty raw -echo; echo ready; head -c 400000 | cksum" : "echo ready; head -c 400000 | cksum";
      const client = new Attached(base, await create(base, { command }), query);
      await client.until(() => client.output.includes("ready"));
      const bytes = Array.from({ length: 400_000 }, (_, index) => String.fromCharCode(97 + (index % 23))).join("");
      for (let at = 0; at < bytes.length; at += 50_000) client.stdin(bytes.slice(at, at + 50_000));
      await client.closed;
      const expected = execFileSync("cksum", { input: bytes, encoding: "utf8" }).trim();
      expect(client.output).toContain(expected);
    }
  });

  it("sends all output before the exit, in frames of at most 32 KiB, and replays the last MiB by offset", async () => {
    const { base } = await start();
    for (const query of ["?pty=0", ""]) {
      const id = await create(base, { command: "seq 1 300000" });
      const client = new Attached(base, id, query);
      await client.closed;
      const newline = query === "" ? "\r\n" : "\n";
      const expected = `${Array.from({ length: 300_000 }, (_, index) => String(index + 1)).join(newline)}${newline}`;
      expect([
        query,
        client.output.length,
        client.output === expected,
        client.output.slice(-20),
        client.frames.slice(-1),
      ]).toEqual([query, expected.length, true, expected.slice(-20), ['{"type":"exit","exit_code":0}\n']]);
      expect(Math.max(...client.frames.map((frame) => frame.length))).toBeLessThanOrEqual(32 * 1024 + 1);
      expect(await info(base, id)).toEqual({ session_id: id, running: false, output_offset: expected.length });
      // The next client starts the command once more: its output comes after what is replayed.
      const next = new Attached(base, id, `${query === "" ? "?" : "?pty=0&"}since=5`);
      await next.until(() => next.frames.length > 0);
      const replay = Buffer.from(next.frames[0] ?? "", "latin1");
      expect(replay[0]).toBe(3);
      const offset = Number(replay.readBigUInt64BE(1));
      expect(offset).toBe(expected.length - 1024 * 1024);
      expect(replay.subarray(9).toString("latin1") === expected.slice(offset)).toBe(true);
      next.socket.terminate();
    }
  });

  it("lets a shell wait for a client that does not read, and loses nothing", async () => {
    const { base } = await start();
    const id = await create(base, { command: "seq 1 2000000" });
    const client = new Attached(base, id, "");
    await client.until(() => client.frames.length > 2);
    client.socket.pause();
    // It waits when its output grows no more.
    let offset = -1;
    let unchanged = 0;
    await eventually(async () => {
      const { output_offset: now } = (await info(base, id)) as { readonly output_offset: number };
      unchanged = now === offset ? unchanged + 1 : 0;
      offset = now;
      return unchanged === 20;
    });
    expect(offset).toBeLessThan(14_888_896);
    client.socket.resume();
    await client.closed;
    expect(client.output.endsWith("1999999\r\n2000000\r\n")).toBe(true);
    expect(client.output.length).toBe(14_888_896 + 2_000_000);
  }, 30_000);

  it("gives a terminal to one client, and to another by a takeover", async () => {
    const { base } = await start();
    const id = await create(base);
    const first = new Attached(base, id);
    await first.until(() => first.output.length > 0);
    const refused = await fetch(`${base}/pty/${id}/ws?takeover=1`);
    expect([refused.status, await refused.json()]).toEqual([
      409,
      { code: "ALREADY_CONNECTED", message: `another client is already connected to pty session ${id}` },
    ]);
    expect(await new Attached(base, id).closed).toBe("1006 ");
    const second = new Attached(base, id, "?takeover=1");
    expect(await first.closed).toBe("4001 TAKEN_OVER");
    await second.until(() => second.frames.some((frame) => frame.includes('"connected"')));
    expect(second.frames[0]?.slice(0, 9)).toBe("\x03\0\0\0\0\0\0\0\0");
    second.socket.close();
    await second.closed;
    await eventually(async () => (await fetch(`${base}/pty/${id}/ws`)).status === 400);
  });

  it("terminal-close-lingers answers a close frame and lets the terminal go, but keeps the connection", async () => {
    const { base } = await start(["terminal-close-lingers"]);
    const id = await create(base);
    const attach = async () => {
      const client = new Attached(base, id);
      const upgraded = new Promise<Socket>((resolve) =>
        client.socket.once("upgrade", (response) => resolve(response.socket)),
      );
      await client.until(() => client.frames.some((frame) => frame.includes('"connected"')));
      return { client, connection: await upgraded };
    };
    const first = await attach();
    // This side ends its half when it has the answer to its close frame.
    const answered = once(first.connection, "finish");
    first.client.socket.close(1000);
    await answered;
    const second = await attach();
    expect(first.connection.readableEnded || first.connection.destroyed).toBe(false);
    second.connection.destroy();
    first.connection.destroy();
  });

  it("signals the group of the shell, reports a signal as -1, and starts a new shell for the next client", async () => {
    const { base } = await start();
    const id = await create(base);
    const client = new Attached(base, id);
    await client.until(() => client.output.length > 0);
    client.socket.send('{"type":"signal","signal":"SIGSTOP"}');
    client.socket.send("no json");
    client.socket.send("[1]");
    client.socket.send('{"type":"frobnicate"}');
    client.socket.send('{"type":"ping"}');
    await client.until(() => client.frames.some((frame) => frame.includes("pong")));
    client.socket.send('{"type":"signal","signal":"SIGKILL"}');
    expect(await client.closed).toBe("1000 process exited");
    expect(client.frames.filter((frame) => frame.startsWith("{")).slice(1)).toEqual([
      '{"type":"error","error":"unknown frame type \\"frobnicate\\"","code":"INVALID_FRAME"}\n',
      '{"type":"pong"}\n',
      '{"type":"exit","exit_code":-1}\n',
    ]);
    const next = new Attached(base, id);
    await next.until(() => next.output.length > 0);
    expect(await info(base, id)).toMatchObject({ running: true });
  });

  it("kills jobs of all its shells with the session", async () => {
    const { base } = await start();
    const mark = String(800_000 + Math.floor(Math.random() * 100_000));
    const id = await create(base);
    for (const line of [
      `sleep ${mark} & disown; exit\n`,
      `nohup sleep ${mark} >/dev/null 2>&1 & trap '' HUP TERM; echo go\n`,
    ]) {
      const client = new Attached(base, id, "?pty=0");
      await client.until(() => client.frames.some((frame) => frame.includes("connected")));
      client.stdin(line);
      await (line.includes("exit") ? client.closed : client.until(() => client.output.includes("go")));
    }
    expect(isRunning(mark)).toBe(true);
    await fetch(`${base}/pty/${id}`, { method: "DELETE" });
    await eventually(() => !isRunning(mark));
    expect((await fetch(`${base}/pty/${id}`, { method: "DELETE" })).status).toBe(404);
  });

  it("reports a shell that cannot be started and drops the connection without a close", async () => {
    const { base, root } = await start();
    for (const query of ["", "?pty=0"]) {
      const id = await create(base, { cwd: join(root, "gone") });
      rmSync(join(root, "gone"), { recursive: true });
      const client = new Attached(base, id, query);
      expect(await client.closed).toBe("1006 ");
      expect(client.frames).toEqual([
        expect.stringMatching(
          /^\{"type":"error","error":"(pty\.StartWithSize: )?fork\/exec .*: no such file or directory","code":"START_FAILED"\}\n$/,
        ),
      ]);
      expect(await info(base, id)).toEqual({ session_id: id, running: false, output_offset: 0 });
    }
  });
});
