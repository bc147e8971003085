import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import type { ExecdConfig } from "../shared/execd-config.js";
import { rawHttp } from "../testing/raw-http.js";
import { type Execd, startExecd } from "./start-execd.js";

const started: { execd: Execd; root: string }[] = [];

afterEach(async () => {
  for (const { execd, root } of started.splice(0)) {
    await execd.close();
    rmSync(root, { recursive: true, force: true });
  }
});

async function start(changes: Partial<ExecdConfig> = {}): Promise<{ base: string; root: string }> {
  const root = mkdtempSync(join(tmpdir(), "rxsandbox-execd-"));
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
    faults: [],
    ...changes,
  });
  started.push({ execd, root });
  return { base: `http://127.0.0.1:${execd.port}`, root };
}

async function run(
  base: string,
  command: string,
  more: object = {},
  route = "/command",
): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${base}${route}`, { method: "POST", body: JSON.stringify({ command, ...more }) });
  const text = await response.text();
  return text
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => JSON.parse(frame.replace(/^data: /, "")) as Record<string, unknown>);
}

const typesOf = (frames: readonly Record<string, unknown>[]): readonly unknown[] =>
  frames.map((frame) => frame["type"]).filter((type) => type !== "ping");

describe("startExecd", () => {
  it("gives commands the configured environment and nothing of its own", async () => {
    const { base } = await start();
    const texts = (await run(base, "env")).map((frame) => String(frame["text"])).filter((text) => text.includes("="));
    const names = texts.map((text) => text.split("=")[0]).sort();
    expect(names).toEqual(["HOME", "PATH", "PWD", "SHLVL", "TMPDIR", "_"]);
  });

  it("frames events as server-sent events when configured so", async () => {
    const { base } = await start({ framing: "sse" });
    const text = await (await fetch(`${base}/command`, { method: "POST", body: '{"command":"echo hi"}' })).text();
    expect(text).toMatch(/^data: \{"type":"init".*\}\n\n/);
    expect(typesOf(await run(base, "echo hi"))).toEqual(["init", "stdout", "execution_complete"]);
  });

  it("refuses files and working directories outside its roots, through links too", async () => {
    const { base, root } = await start();
    symlinkSync("/etc", join(root, "etc"));
    for (const path of ["/etc/passwd", "etc/passwd", "../x"]) {
      expect((await fetch(`${base}/files/download?path=${path}`)).status).toBe(403);
      expect((await fetch(`${base}/files/info?path=${path}`)).status).toBe(403);
    }
    expect((await fetch(`${base}/files/info?path=etc`)).status).toBe(200);
    expect((await fetch(`${base}/directories/list?path=/etc`)).status).toBe(403);
    expect(
      (
        await fetch(`${base}/files/mv`, {
          method: "POST",
          body: JSON.stringify([{ src: "tmp", dest: "/tmp/rxsandbox-no" }]),
        })
      ).status,
    ).toBe(403);
    const response = await fetch(`${base}/command`, { method: "POST", body: '{"command":"pwd","cwd":"/etc"}' });
    expect(response.status).toBe(400);
  });

  it("opens a session's output like a pipe, so that programs may open it again", async () => {
    const { base } = await start();
    const { session_id: id } = (await (await fetch(`${base}/session`, { method: "POST" })).json()) as {
      session_id: string;
    };
    const frames = await run(base, "echo out > /dev/stdout; echo err > /dev/stderr", {}, `/session/${id}/run`);
    expect(frames.filter((frame) => frame["type"] === "stdout").map((frame) => frame["text"])).toEqual(["out", "err"]);
  });

  it("writes an upload above what it holds in memory whole", async () => {
    const { base, root } = await start();
    const form = new FormData();
    form.append("metadata", new Blob([JSON.stringify({ path: "big", mode: 600 })]), "metadata");
    form.append("file", new Blob([Buffer.alloc(3_000_000, "x")]), "big");
    expect((await fetch(`${base}/files/upload`, { method: "POST", body: form })).status).toBe(200);
    expect(readFileSync(join(root, "big")).equals(Buffer.alloc(3_000_000, "x"))).toBe(true);
  });

  it("proxies ports of its own commands and no other", async () => {
    const { base, root } = await start();
    const foreign = createServer((_request, response) => response.end("foreign"));
    foreign.listen(0, "127.0.0.1");
    await once(foreign, "listening");
    const foreignPort = (foreign.address() as AddressInfo).port;
    expect((await fetch(`${base}/proxy/${foreignPort}/`)).status).toBe(502);
    foreign.close();

    const script =
      'require("http").createServer((q,r)=>r.end(q.url)).listen(0,"127.0.0.1",function(){require("fs").writeFileSync("port",String(this.address().port))})';
    await run(base, `'${process.execPath}' -e '${script}' > /dev/null 2>&1 & while ! [ -s port ]; do sleep 0.05; done`);
    const port = readFileSync(join(root, "port"), "utf8");
    const response = await fetch(`${base}/proxy/${port}/a%20b/c?x=1`);
    expect([response.status, await response.text()]).toEqual([200, "/a%20b/c?x=1"]);
  });

  it("does not pass WebSockets on to ports of others", async () => {
    const { base } = await start();
    const foreign = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(foreign, "listening");
    const socket = new WebSocket(`${base.replace("http", "ws")}/proxy/${(foreign.address() as AddressInfo).port}/`);
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("502");
    foreign.close();
  });

  it("refuses an unknown fault", async () => {
    await expect(start({ faults: ["no-such-fault"] })).rejects.toThrow("unknown fault");
  });
});

describe("the faults of startExecd", () => {
  it("no-terminal ends a command cleanly without its end", async () => {
    const { base } = await start({ faults: ["no-terminal"] });
    expect(typesOf(await run(base, "echo hi"))).toEqual(["init", "stdout"]);
  });

  it("envelope-after-init refuses after init", async () => {
    const { base } = await start({ faults: ["envelope-after-init"] });
    const frames = await run(base, "echo hi");
    expect(frames.at(-1)).toMatchObject({ code: "RUNTIME_ERROR" });
  });

  it("cut-stream breaks off inside a frame", async () => {
    const { base } = await start({ faults: ["cut-stream"] });
    await expect(run(base, "echo hi; sleep 1")).rejects.toThrow();
  });

  it("split-frames sends the same events", async () => {
    const { base } = await start({ faults: ["split-frames"] });
    const frames = await run(base, "echo 'é😀'");
    expect(frames.find((frame) => frame["type"] === "stdout")?.["text"]).toBe("é😀");
  });

  it("background-late-registration hides a command for a moment", async () => {
    const { base } = await start({ faults: ["background-late-registration"] });
    const [init] = await run(base, "sleep 5", { background: true });
    const id = String(init?.["text"]);
    expect((await fetch(`${base}/command/status/${id}`)).status).toBe(404);
    const interrupted = await fetch(`${base}/command?id=${id}`, { method: "DELETE" });
    expect([interrupted.status, await interrupted.text()]).toEqual([500, expect.stringContaining("no such session")]);
    await expect.poll(async () => (await fetch(`${base}/command/status/${id}`)).status).toBe(200);
    expect((await fetch(`${base}/command?id=${id}`, { method: "DELETE" })).status).toBe(200);
  });

  it("session-run-lost ends runs cleanly and kills their commands", async () => {
    const { base, root } = await start({ faults: ["session-run-lost"] });
    writeFileSync(join(root, "marker"), "");
    const { session_id: id } = (await (await fetch(`${base}/session`, { method: "POST" })).json()) as {
      session_id: string;
    };
    const ends: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      ends.push(typesOf(await run(base, "echo a; sleep 0.2; echo late >> marker", {}, `/session/${id}/run`)).join());
    }
    expect(ends.sort()).toEqual(["", "init", "init,stdout"]);
    expect(readFileSync(join(root, "marker"), "utf8")).toBe("");
  });

  it("proxied-run-lost loses session runs behind the own proxy on connections that are kept alive, and nowhere else", async () => {
    const { base } = await start({ faults: ["proxied-run-lost"] });
    const { session_id: id } = (await (await fetch(`${base}/session`, { method: "POST" })).json()) as {
      session_id: string;
    };
    const ends = async (path: string, connection: string): Promise<string> => {
      const { text } = await rawHttp(base.slice("http://".length), {
        method: "POST",
        path: `${path}/session/${id}/run`,
        body: `{"command":"echo a"}`,
        headers: { Connection: connection },
      });
      return [...text.matchAll(/"type":"(\w+)"/g)]
        .map(([, type]) => type)
        .filter((type) => type !== "ping")
        .join();
    };
    const proxied = "/proxy/44772";
    const whole = "init,stdout,execution_complete";
    expect(
      [await ends(proxied, "keep-alive"), await ends(proxied, "keep-alive"), await ends(proxied, "keep-alive")].sort(),
    ).toEqual(["", "init", "init,stdout"]);
    expect([await ends(proxied, "close"), await ends("", "keep-alive"), await ends("", "close")]).toEqual([
      whole,
      whole,
      whole,
    ]);
  });
});
