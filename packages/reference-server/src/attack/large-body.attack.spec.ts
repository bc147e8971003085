import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rawHttp } from "../testing/raw-http.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const MIB = 1024 * 1024;
/** What a process may take besides bodies: code, buffers of sockets, garbage that is not collected yet. */
const SLACK_MIB = 128;

// Memory is read from /proc.
describe.runIf(process.platform === "linux")("many large bodies", () => {
  let server: ServerProcess;
  let id: string;
  let egress: Readonly<Record<string, string>>;
  let daemon: { readonly residentMib: () => Promise<number> };
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = await serverProcess();
    id = await server.create({ networkPolicy: { defaultAction: "deny", egress: [] } });
    const endpoint = await server.call("GET", `/v1/sandboxes/${id}/endpoints/18080`);
    egress = (JSON.parse(endpoint.text) as { readonly headers: Readonly<Record<string, string>> }).headers;
    daemon = {
      residentMib: async () => residentMib(await server.run(id, "cat /proc/$PPID/status")),
    };
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
  });

  const serverMib = (): number => residentMib(readFileSync(`/proc/${server.pid}/status`, "utf8"));
  const withKey = (headers: Readonly<Record<string, string>> = {}) => ({
    "OPEN-SANDBOX-API-KEY": server.apiKey,
    "Content-Type": "application/json",
    ...headers,
  });

  /** Sends a body that does not end yet; fulfils when the server has taken it all, or has answered. */
  function begin(path: string, mib: number, headers: Readonly<Record<string, string>>): Promise<Open> {
    const [host = "", port = ""] = server.domain.split(":");
    const socket = connect(Number(port), host).on("error", () => undefined);
    sockets.push(socket);
    let got = "";
    socket.setEncoding("latin1").on("data", (text: string) => (got = (got + text).slice(0, 4096)));
    const lines = Object.entries({ Host: server.domain, ...headers, "Content-Length": String(mib * MIB + 2) });
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
    const open: Open = {
      status: () => Number(/^HTTP\/1\.1 (\d+)/.exec(got)?.[1] ?? 0),
      end: async () => {
        socket.write("  ");
        await expect.poll(open.status, { timeout: 30_000 }).not.toBe(0);
        return open.status();
      },
    };
    return new Promise((resolve) => socket.write(Buffer.alloc(mib * MIB, 0x20), () => resolve(open)));
  }

  it("of calls of the lifecycle API take a bounded memory of the server together", { timeout: 120_000 }, async () => {
    const before = serverMib();
    const open = await Promise.all(Array.from({ length: 60 }, () => begin("/v1/sandboxes", 7, withKey())));
    await expect
      .poll(() => open.filter(({ status }) => status() === 503).length, { timeout: 30_000 })
      .toBeGreaterThan(40);
    expect(serverMib() - before).toBeLessThan(64 + SLACK_MIB);
    const small = await server.call("GET", "/v1/sandboxes");
    expect(small.status).toBe(200);
    await server.create();
    const statuses = await Promise.all(open.map(({ end }) => end()));
    expect(new Set(statuses)).toEqual(new Set([422, 503]));
    // What was held is free again.
    expect(
      (
        await rawHttp(server.domain, {
          method: "POST",
          path: "/v1/sandboxes",
          headers: withKey(),
          body: Buffer.alloc(7 * MIB, 0x20),
        })
      ).status,
    ).toBe(422);
  });

  it("of changes of a policy do so too", { timeout: 120_000 }, async () => {
    const before = serverMib();
    const path = `/sandboxes/${id}/proxy/18080/policy`;
    const open = await Promise.all(Array.from({ length: 400 }, () => begin(path, 1, withKey(egress))));
    expect(serverMib() - before).toBeLessThan(64 + SLACK_MIB);
    const statuses = await Promise.all(open.map(({ end }) => end()));
    expect(statuses).toContain(503);
    expect(new Set(statuses.filter((status) => status !== 503)).size).toBe(1);
    const policy = await rawHttp(server.domain, { path, headers: withKey(egress) });
    expect(policy.status).toBe(200);
  });

  it("of commands take a bounded memory of the daemon together", { timeout: 120_000 }, async () => {
    const before = await daemon.residentMib();
    const path = `/sandboxes/${id}/proxy/44772/command`;
    const open = await Promise.all(Array.from({ length: 8 }, () => begin(path, 50, withKey())));
    await expect.poll(() => open.filter(({ status }) => status() === 503).length, { timeout: 30_000 }).toBe(6);
    expect((await daemon.residentMib()) - before).toBeLessThan(128 + SLACK_MIB);
    for (const socket of sockets.splice(0)) socket.destroy();
    const large = JSON.stringify({ command: "echo large", padding: "x".repeat(60 * MIB) });
    const answer = await rawHttp(server.domain, { method: "POST", path, headers: withKey(), body: large });
    expect(answer.text).toContain("large");
  });

  it("of more than 64 MiB are refused, and the client is told", { timeout: 120_000 }, async () => {
    const path = `/sandboxes/${id}/proxy/44772/command`;
    const answer = await rawHttp(server.domain, {
      method: "POST",
      path,
      headers: withKey(),
      body: Buffer.alloc(100 * MIB, 0x20),
    });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining("http: request body too large") as string,
    ]);
    expect(await server.run(id, "echo alive")).toBe("alive\n");
  });

  it("of many values are refused before the daemon has no memory left", { timeout: 120_000 }, async () => {
    const path = `/sandboxes/${id}/proxy/44772/files/permissions`;
    const body = Buffer.concat([Buffer.from('{"f":['), Buffer.from("0,".repeat(30 * MIB)), Buffer.from("0]}")]);
    const answer = await rawHttp(server.domain, { method: "POST", path, headers: withKey(), body });
    expect(answer.status).toBe(400);
    expect(await daemon.residentMib()).toBeLessThan(1024);
  });

  describe("of uploads", () => {
    const upload = (parts: Iterable<Buffer>): Promise<{ readonly status: number; readonly text: string }> => {
      const body = Buffer.concat([...parts, Buffer.from("--b--\r\n")]);
      return rawHttp(server.domain, {
        method: "POST",
        path: `/sandboxes/${id}/proxy/44772/files/upload`,
        headers: { ...withKey(), "Content-Type": "multipart/form-data; boundary=b" },
        body,
      });
    };
    const part = (name: string, content: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\n\r\n`),
        content,
        Buffer.from("\r\n"),
      ]);

    it("take a bounded memory, however many parts they have", { timeout: 120_000 }, async () => {
      const before = await daemon.residentMib();
      const count = 250;
      const content = Buffer.alloc(MIB - 1, 0x61);
      const parts = Array.from({ length: count }, (_, index) => [
        part("metadata", Buffer.from(JSON.stringify({ path: `many/${index}` }))),
        part("file", content),
      ]).flat();
      expect(await upload(parts)).toMatchObject({ status: 200, text: "" });
      expect((await daemon.residentMib()) - before).toBeLessThan(128 + SLACK_MIB);
      expect(
        await server.run(id, `ls many | wc -l; wc -c < many/${count - 1}; ls $TMPDIR /tmp | grep -c execd_upload`),
      ).toBe(`${count}\n${MIB - 1}\n0\n`);
    });

    it("of 50,000 parts are answered, and the daemon lives", { timeout: 120_000 }, async () => {
      const small = part("file", Buffer.from("x"));
      expect((await upload(Array.from({ length: 50_000 }, () => small))).status).toBe(400);
      expect(await server.run(id, "echo alive")).toBe("alive\n");
    });

    it("cannot fill the memory with metadata", { timeout: 120_000 }, async () => {
      const metadata = part("metadata", Buffer.alloc(MIB - 1, 0x20));
      expect((await upload(Array.from({ length: 200 }, () => metadata))).status).toBe(400);
      expect(await daemon.residentMib()).toBeLessThan(128 + 2 * SLACK_MIB);
    });
  });
});

interface Open {
  /** Of the answer that has come; 0 before. */
  readonly status: () => number;
  /** Ends the body and waits for the answer's status. */
  readonly end: () => Promise<number>;
}

function residentMib(status: string): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
