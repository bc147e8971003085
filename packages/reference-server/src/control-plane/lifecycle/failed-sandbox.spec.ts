import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { processTable } from "../../shared/process-table.js";
import type { ServerEvent } from "../server-event.js";
import { availableDrivers } from "../../testing/available-drivers.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

/** A command that finds the sandbox's own daemon and sends it a signal; the pattern does not match itself. */
const signalDaemon = (signal: string): string =>
  `grep -la 'execd/main\\.js' /proc/[0-9]*/cmdline | while read -r f; do d=\${f%/cmdline}; if grep -qzx "HOME=$HOME" $d/environ; then kill -${signal} \${d#/proc/}; fi; done`;

// The daemon is found in /proc.
describe.runIf(process.platform === "linux").each(await availableDrivers())(
  "a sandbox whose daemon dies (%s driver)",
  (driver) => {
    const events: ServerEvent[] = [];
    let test: TestServer;

    beforeAll(async () => {
      test = await testServer({ driver, onEvent: (event) => void events.push(event) });
    });
    afterAll(() => test.close());

    const status = async (
      id: string,
    ): Promise<{ readonly state: string; readonly reason: string; readonly message: string }> =>
      (
        JSON.parse((await test.call("GET", `/v1/sandboxes/${id}`)).text) as {
          status: { state: string; reason: string; message: string };
        }
      ).status;
    const background = (id: string, command: string): Promise<unknown> =>
      test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command, background: true });
    const failedEvents = (id: string): readonly ServerEvent[] =>
      events.filter((event) => event.type === "sandbox-failed" && event.id === id);
    /** Fails unless the sandbox shows its failure within a second and nothing of it is left soon after. */
    const expectFailure = async (id: string, mark?: string): Promise<void> => {
      await poll(async () => (await status(id)).state === "Failed", 1000);
      const shown = await status(id);
      expect(shown).toMatchObject({
        reason: "EXECD_EXITED",
        message: expect.stringMatching(/^Sandbox daemon \(execd\) ended.*; the sandbox was ended with it\.$/) as string,
      });
      expect(failedEvents(id)).toEqual([{ type: "sandbox-failed", id, reason: shown.reason, message: shown.message }]);
      expect((await test.call("GET", `/v1/sandboxes/${id}/diagnostics/logs`)).text).toContain(
        `failed: ${shown.message}`,
      );
      if (mark !== undefined) await poll(() => processesWith(mark).length === 0, 5000);
      expect((await test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command: "true" })).status).toBe(
        500,
      );
      expect((await test.call("DELETE", `/v1/sandboxes/${id}`)).status).toBe(204);
    };

    it.each(["the server proxy", "the direct listener"])("cuts a command stream through %s", async (way) => {
      const id = await test.create();
      const mark = uniqueSeconds();
      const text = openStream(await addressOf(test, id, way), `echo first; setsid sleep ${mark} & sleep ${mark}`);
      await poll(() => text.received().includes("first"), 5000);
      await background(id, signalDaemon("KILL"));
      // A chunked answer that ended well has a chunk of no length at its end.
      expect((await text.ended).endsWith("0\r\n\r\n")).toBe(false);
      await expectFailure(id, mark);
    });

    it("refuses or cuts an upload that has not ended", async () => {
      const id = await test.create();
      const { address, prefix, key } = await addressOf(test, id, "the server proxy");
      const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
      let received = "";
      socket.setEncoding("latin1").on("data", (part: string) => (received += part));
      socket.on("error", () => {});
      const ended = once(socket, "close");
      socket.write(
        `POST ${prefix}/files/upload HTTP/1.1\r\nHost: ${address}\r\n${key}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n--b\r\n`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      await background(id, signalDaemon("KILL"));
      await expectFailure(id);
      socket.end();
      await ended;
      expect(received).not.toMatch(/^HTTP\/1.1 2/);
    });

    it("cuts a terminal without a closing frame", async () => {
      const id = await test.create();
      const mark = uniqueSeconds();
      const pty = `/v1/sandboxes/${id}/proxy/44772/pty`;
      const { session_id: session } = JSON.parse((await test.call("POST", pty, { command: `sleep ${mark}` })).text) as {
        readonly session_id: string;
      };
      const socket = new WebSocket(`ws://${test.server.domain}${pty}/${session}/ws?pty=0`, {
        headers: { "OPEN-SANDBOX-API-KEY": test.server.apiKey },
      });
      socket.on("error", () => {});
      await once(socket, "message");
      const closed = once(socket, "close");
      await background(id, signalDaemon("KILL"));
      expect((await closed)[0]).toBe(1006);
      await expectFailure(id, mark);
    });

    it("ends a background command", async () => {
      const id = await test.create();
      const mark = uniqueSeconds();
      await background(id, `setsid sleep ${mark} & sleep ${mark}`);
      await poll(() => processesWith(mark).length > 0, 5000);
      await background(id, signalDaemon("KILL"));
      await expectFailure(id, mark);
    });

    it("also fails when the daemon ends by itself", async () => {
      const id = await test.create();
      await background(id, signalDaemon("TERM"));
      await expectFailure(id);
    });

    it("also fails while it is paused", async () => {
      const before = new Set(daemons());
      const id = await test.create();
      const [daemon = 0] = daemons().filter((pid) => !before.has(pid));
      await test.call("POST", `/v1/sandboxes/${id}/pause`);
      process.kill(daemon, "SIGKILL");
      await expectFailure(id);
    });

    it("shows no failure while it is deleted", async () => {
      const id = await test.create();
      expect((await test.call("DELETE", `/v1/sandboxes/${id}`)).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(failedEvents(id)).toEqual([]);
    });

    it("shows the exit of the main process, not that of the daemon", async () => {
      const id = await test.create({ entrypoint: ["sh", "-c", "sleep 0.3; exit 3"] });
      await poll(async () => (await status(id)).state === "Failed", 5000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect((await status(id)).reason).toBe("CONTAINER_EXITED_ERROR");
      expect(failedEvents(id)).toEqual([]);
      await test.call("DELETE", `/v1/sandboxes/${id}`);
    });
  },
);

interface Address {
  readonly address: string;
  readonly prefix: string;
  /** Header line with the key, where it is needed. */
  readonly key: string;
}

async function addressOf(test: TestServer, id: string, way: string): Promise<Address> {
  if (way === "the server proxy")
    return {
      address: test.server.domain,
      prefix: `/v1/sandboxes/${id}/proxy/44772`,
      key: `OPEN-SANDBOX-API-KEY: ${test.server.apiKey}\r\n`,
    };
  const { endpoint } = JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/44772`)).text) as {
    readonly endpoint: string;
  };
  return { address: endpoint.slice(0, endpoint.indexOf("/")), prefix: endpoint.slice(endpoint.indexOf("/")), key: "" };
}

/** Runs a command over a connection of its own and keeps all bytes of the answer. */
function openStream(
  { address, prefix, key }: Address,
  command: string,
): { readonly received: () => string; readonly ended: Promise<string> } {
  const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
  const body = JSON.stringify({ command });
  let received = "";
  socket.setEncoding("latin1").on("data", (part: string) => (received += part));
  socket.on("error", () => {});
  socket.write(
    `POST ${prefix}/command HTTP/1.1\r\nHost: ${address}\r\n${key}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return { received: () => received, ended: once(socket, "close").then(() => received) };
}

/** A number of seconds that no other process has in its arguments. */
function uniqueSeconds(): string {
  return String(800_000 + Math.floor(Math.random() * 100_000));
}

function processesWith(text: string): readonly number[] {
  return processTable()
    .filter(({ pid, isZombie }) => !isZombie && argumentsOf(pid).includes(text))
    .map(({ pid }) => pid);
}

/** Daemons of this process's servers. */
function daemons(): readonly number[] {
  const table = new Map(processTable().map((entry) => [entry.pid, entry]));
  const isOurs = (pid: number): boolean => {
    for (let at = table.get(pid); at !== undefined; at = table.get(at.parentPid))
      if (at.parentPid === process.pid) return true;
    return false;
  };
  return [...table.keys()].filter((pid) => argumentsOf(pid).at(1)?.endsWith("execd/main.js") === true && isOurs(pid));
}

/** The arguments of a process, program first; none of one that has ended. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

async function poll(holds: () => boolean | Promise<boolean>, patienceMs: number): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > patienceMs) throw new Error(`not within ${patienceMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
