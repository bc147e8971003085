import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startReferenceServer } from "./start-reference-server.js";
import { readServerState } from "./control-plane/state/server-state.js";
import { availableDrivers } from "./testing/available-drivers.js";
import { serverProcess } from "./testing/server-process.js";

describe.each(await availableDrivers())("kill -9 of a server (%s driver)", (driver) => {
  let close = (): Promise<void> => Promise.resolve();

  afterEach(() => close());

  it(
    "leaves no process, not even one that called setsid or is stopped, and the next start removes the rest",
    { timeout: 60_000 },
    async () => {
      // A number that no other process has in its arguments.
      const mark = String(700_000 + Math.floor(Math.random() * 100_000));
      const server = await serverProcess({ driver });
      const { domain, apiKey, stateDir, call } = server;
      close = server.close;
      const ids: string[] = [];
      for (const entrypoint of [
        ["sleep", mark],
        ["sh", "-c", `sleep ${mark}; true`],
      ]) {
        const answer = await call("POST", "/v1/sandboxes", { image: { uri: "x" }, entrypoint, resourceLimits: {} });
        ids.push((JSON.parse(answer.text) as { readonly id: string }).id);
      }
      const command = `setsid sh -c 'sleep ${mark} & sleep ${mark}' & setsid sleep ${mark} & echo started; sleep ${mark}`;
      const running = call("POST", `/v1/sandboxes/${ids[0]}/proxy/44772/command`, { command }).catch(() => "cut");
      const pty = `/v1/sandboxes/${ids[0]}/proxy/44772/pty`;
      const opened = await call("POST", pty, { command: `setsid sleep ${mark} & trap '' HUP; sleep ${mark}; true` });
      const { session_id: terminal } = JSON.parse(opened.text) as { readonly session_id: string };
      const socket = new WebSocket(`ws://${domain}${pty}/${terminal}/ws`, {
        headers: { "OPEN-SANDBOX-API-KEY": apiKey },
      });
      const dropped = new Promise((resolve) => socket.on("close", resolve));
      await once(socket, "message");
      // The connection breaks with the server.
      socket.on("error", () => {});
      await poll(() => processesWith(mark).length >= 9);
      await call("POST", `/v1/sandboxes/${ids[1]}/pause`);
      expect(readServerState(stateDir)?.domain).toBe(domain);

      process.kill(server.pid, "SIGKILL");
      expect(await running).toBe("cut");
      await dropped;
      await poll(() => processesWith(mark).length === 0);
      await poll(() => processesWith(stateDir).length === 0);
      expect(readServerState(stateDir)).toBeUndefined();

      const sockets = socketDirectories(stateDir);
      expect(sockets.length).toBe(1);
      const swept: number[] = [];
      const next = await startReferenceServer({
        stateDir,
        driver,
        onEvent: (event) => void (event.type === "swept" && swept.push(event.runs)),
      });
      expect(swept).toEqual([1]);
      expect(readdirSync(join(stateDir, "runs")).length).toBe(1);
      expect(sockets.filter((path) => existsSync(path))).toEqual([]);
      await next.close();
    },
  );
});

function socketDirectories(stateDir: string): string[] {
  return readdirSync(join(stateDir, "runs")).map((run) => {
    const record = JSON.parse(readFileSync(join(stateDir, "runs", run, "run.json"), "utf8")) as {
      readonly socketDirectory: string;
    };
    return record.socketDirectory;
  });
}

/** Live processes with `text` in their arguments. */
function processesWith(text: string): string[] {
  const table = execFileSync("ps", ["-axo", "pid=,stat=,args="], { encoding: "utf8", maxBuffer: 16 << 20 });
  return table
    .split("\n")
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line) && !line.includes("vitest"));
}

async function poll(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(holds()).toBe(true);
}
