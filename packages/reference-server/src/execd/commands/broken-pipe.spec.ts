import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

import type { ExecdConfig } from "../../shared/execd-config.js";
import { type Execd, startExecd } from "../start-execd.js";

const started: { execd: Execd; root: string }[] = [];

afterEach(async () => {
  for (const { execd, root } of started.splice(0)) {
    await execd.close();
    rmSync(root, { recursive: true, force: true });
  }
});

async function start(changes: Partial<ExecdConfig> = {}): Promise<{ base: string; root: string }> {
  const root = mkdtempSync(join(tmpdir(), "rxsandbox-pipe-"));
  mkdirSync(join(root, "tmp"));
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: root, TMPDIR: join(root, "tmp") };
  const execd = await startExecd({
    listen: { host: "127.0.0.1", port: 0 },
    home: root,
    workingDirectory: root,
    env,
    tailMs: 100,
    pollMs: 20,
    pingMs: 150,
    framing: "bare",
    roots: [root],
    faults: ["sigpipe-neighbours"],
    ...changes,
  });
  started.push({ execd, root });
  return { base: `http://127.0.0.1:${execd.port}`, root };
}

/** Opens an answer and reads until it contains `marker`. */
async function open(
  url: string,
  body?: object,
  marker = "",
): Promise<{ readonly leave: () => void; readonly rest: () => Promise<string> }> {
  const abort = new AbortController();
  const response = await fetch(url, {
    signal: abort.signal,
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const read = async (isEnough: () => boolean): Promise<string> => {
    while (!isEnough()) {
      const piece = await reader.read();
      if (piece.done) break;
      text += decoder.decode(piece.value);
    }
    return text;
  };
  await read(() => text !== "" && text.includes(marker));
  return { leave: () => abort.abort(), rest: () => read(() => false) };
}

/** How a command of half a second ends when `leave` is called while it runs. */
async function neighbourOf(
  base: string,
  leave: () => unknown,
  body: object = { command: "sleep 0.5; echo survived" },
): Promise<"survived" | "broken pipe" | "other"> {
  const neighbour = await open(`${base}/command`, body);
  await leave();
  const text = await neighbour.rest();
  return text.includes('"survived"') ? "survived" : text.includes("signal: broken pipe") ? "broken pipe" : "other";
}

const ticking = { command: "while :; do echo tick; sleep 0.05; done" };

describe("sigpipe-neighbours", () => {
  it("strikes at the first output after the client has left", async () => {
    const { base } = await start();
    const left = await open(`${base}/command`, ticking);
    expect(await neighbourOf(base, left.leave)).toBe("broken pipe");
  });

  it("strikes at the first ping after the client has left a quiet command", async () => {
    const { base } = await start();
    const left = await open(`${base}/command`, { command: "sleep 5" });
    expect(await neighbourOf(base, left.leave)).toBe("broken pipe");
  });

  it.each([
    [100, "broken pipe"],
    [60_000, "survived"],
  ])(
    "strikes in the tail of a command that is over only when a ping falls into it: every %i ms",
    async (pingMs, expected) => {
      const { base } = await start({ pingMs, tailMs: 300 });
      const left = await open(`${base}/command`, { command: "true" }, "execution_complete");
      expect(await neighbourOf(base, left.leave)).toBe(expected);
    },
  );

  it.each([
    ["ends", { command: "true" }],
    ["starts in the background", { command: "true", background: true }],
  ])("spares what runs when another command %s", async (_, body) => {
    const { base } = await start();
    const left = await open(`${base}/command`, ticking);
    const leave = async (): Promise<void> => {
      await open(`${base}/command`, body, "execution_complete");
      left.leave();
    };
    expect(await neighbourOf(base, leave)).toBe("survived");
    expect(await neighbourOf(base, () => undefined)).toBe("survived");
  });

  it("strikes for a download that is given up", async () => {
    const { base, root } = await start();
    writeFileSync(join(root, "large"), Buffer.alloc(32 * 1024 * 1024));
    const left = await open(`${base}/files/download?path=large`);
    expect(await neighbourOf(base, left.leave)).toBe("broken pipe");
  });

  it("spares everybody when an answer is read to its end, background commands always, and strikes nowhere when it is off", async () => {
    const { base } = await start();
    const read = await open(`${base}/command`, { command: "echo once; sleep 0.1" });
    expect(await neighbourOf(base, () => void read.rest())).toBe("survived");
    const left = await open(`${base}/command`, ticking);
    const background = await (
      await open(`${base}/command`, { command: "sleep 1; echo survived", background: true })
    ).rest();
    const id = /"init","text":"(\w+)"/.exec(background)?.[1] ?? "";
    expect(await neighbourOf(base, left.leave)).toBe("broken pipe");
    await expect.poll(async () => (await fetch(`${base}/command/${id}/logs`)).text()).toContain("survived");
    const harmless = await start({ faults: [] });
    const other = await open(`${harmless.base}/command`, ticking);
    expect(await neighbourOf(harmless.base, other.leave)).toBe("survived");
  });
});
