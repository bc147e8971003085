import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "./testing/available-drivers.js";
import { rawHttp, type RawHttpAnswer } from "./testing/raw-http.js";
import { type TestServer, testServer } from "./testing/test-server.js";

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

describe.each(await availableDrivers())("startReferenceServer attacked from the same machine (%s driver)", (driver) => {
  let test: TestServer;
  let id: string;
  let other: string;
  let direct: string;
  let service: Server;
  let servicePort: number;
  const served: string[] = [];

  beforeAll(async () => {
    process.env["RX_USER_SECRET"] = "of-the-user";
    test = await testServer({ driver });
    id = await test.create();
    other = await test.create();
    direct = await endpointOf(id, 44772);
    service = createServer((request, response) => {
      served.push(request.url ?? "");
      response.end("the user's own service");
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    servicePort = (service.address() as AddressInfo).port;
  }, 30_000);

  afterAll(async () => {
    delete process.env["RX_USER_SECRET"];
    service.close();
    await test.close();
  });

  const endpointOf = async (sandbox: string, port: number): Promise<string> => {
    const answer = await test.call("GET", `/v1/sandboxes/${sandbox}/endpoints/${port}`);
    return (JSON.parse(answer.text) as { readonly endpoint: string }).endpoint;
  };
  const pathOf = (endpoint: string): string => endpoint.slice(endpoint.indexOf("/"));
  const workspaceFiles = (): Promise<string> => test.run(id, "ls -A");
  const commandBody = JSON.stringify({ command: "touch attacked" });
  const withKey = (headers: Readonly<Record<string, string>>) => ({
    "OPEN-SANDBOX-API-KEY": test.server.apiKey,
    ...headers,
  });

  it("refuses a foreign Host on both listeners, with the key or the token", async () => {
    const answers = await Promise.all([
      rawHttp(test.server.domain, { path: "/v1/sandboxes", headers: withKey({ Host: "attacker.example" }) }),
      rawHttp(test.server.domain, { path: "/v1/sandboxes", headers: withKey({ Host: "127.0.0.1:1" }) }),
      rawHttp(test.server.directAddress, { path: `${pathOf(direct)}/ping`, headers: { Host: "attacker.example" } }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403]);
    expect(answers.map((answer) => answer.text).join()).not.toContain(id);
  });

  it.each(["http://attacker.example", "null"])("refuses a simple POST of a page of origin %s", async (origin) => {
    const headers = { Origin: origin, "Content-Type": "text/plain" };
    const answers = await Promise.all([
      rawHttp(test.server.directAddress, {
        method: "POST",
        path: `${pathOf(direct)}/command`,
        headers,
        body: commandBody,
      }),
      rawHttp(test.server.domain, {
        method: "POST",
        path: `/sandboxes/${id}/proxy/44772/command`,
        headers: withKey(headers),
        body: commandBody,
      }),
      rawHttp(test.server.domain, { method: "POST", path: "/v1/sandboxes", headers: withKey(headers), body: "{}" }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403]);
    expect(answers.every((answer) => answer.headers["access-control-allow-origin"] === undefined)).toBe(true);
    expect(await workspaceFiles()).toBe("");
  });

  it("refuses a page's request that carries no Origin", async () => {
    const headers = { "Sec-Fetch-Site": "cross-site" };
    const answers = await Promise.all([
      rawHttp(test.server.directAddress, { path: `${pathOf(direct)}/ping`, headers }),
      rawHttp(test.server.domain, { path: "/v1/sandboxes", headers: withKey({ "Sec-Fetch-Site": "same-site" }) }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([403, 403]);
  });

  it.each(["http://attacker.example", "null"])("refuses a WebSocket of a page of origin %s", async (origin) => {
    const headers = { ...UPGRADE, Origin: origin };
    const answers = await Promise.all([
      rawHttp(test.server.directAddress, { path: `${pathOf(direct)}/pty/x/ws`, headers }),
      rawHttp(test.server.domain, { path: `/sandboxes/${id}/proxy/44772/pty/x/ws`, headers: withKey(headers) }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([403, 403]);
  });

  it("answers a preflight of a foreign page with 403 and no permission", async () => {
    const headers = { Origin: "http://attacker.example", "Access-Control-Request-Method": "POST" };
    const answer = await rawHttp(test.server.domain, { method: "OPTIONS", path: "/v1/sandboxes", headers });
    expect(answer.status).toBe(403);
    expect(answer.headers["access-control-allow-methods"]).toBeUndefined();
  });

  it("refuses the token of one port on another port and on another sandbox", async () => {
    const { directAddress } = test.server;
    const token = pathOf(direct).split("/")[2] ?? "";
    const answers = await Promise.all([
      rawHttp(directAddress, { path: `/${id}/${token}/proxy/8000/` }),
      rawHttp(directAddress, { path: `/${other}/${token}/proxy/44772/ping` }),
      rawHttp(directAddress, { path: `/${id}/${token.slice(0, -1)}/proxy/44772/ping` }),
      rawHttp(directAddress, { path: `/${id}//proxy/44772/ping` }),
      rawHttp(directAddress, { path: "/v1/sandboxes", headers: withKey({}) }),
      rawHttp(directAddress, { path: `/${id}/${token}/proxy/8000/ws`, headers: UPGRADE }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401, 401]);
  });

  it("reaches no port on which no process of the sandbox listens", async () => {
    const own = await endpointOf(id, servicePort);
    const answers = [
      await rawHttp(test.server.directAddress, { path: `${pathOf(own)}/secret` }),
      await test.call("GET", `/v1/sandboxes/${id}/proxy/${servicePort}/secret`),
      await rawHttp(test.server.directAddress, { path: `${pathOf(direct)}/proxy/${servicePort}/secret` }),
      await test.call("GET", `/v1/sandboxes/${id}/proxy/${test.server.domain.split(":")[1]}/health`),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([502, 502, 502, 502]);
    expect(served).toEqual([]);
  });

  it("refuses the server proxy without the key, WebSockets included", async () => {
    const path = `/sandboxes/${id}/proxy/44772`;
    const answers = await Promise.all([
      rawHttp(test.server.domain, { path: `${path}/ping` }),
      rawHttp(test.server.domain, {
        method: "POST",
        path: `/v1${path}/command`,
        headers: { "Content-Type": "application/json" },
        body: commandBody,
      }),
      rawHttp(test.server.domain, { path: `${path}/pty/x/ws`, headers: UPGRADE }),
      rawHttp(test.server.domain, {
        path: `${path}/ping`,
        headers: { "OPEN-SANDBOX-API-KEY": `${test.server.apiKey.slice(0, -1)}!` },
      }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
    expect(await workspaceFiles()).toBe("");
  });

  it("shows commands neither the user's environment nor the key", async () => {
    const environment = await test.run(id, "env; tr '\\0' '\\n' < /proc/$PPID/environ 2>/dev/null");
    expect(environment).not.toContain("of-the-user");
    expect(environment).not.toContain(test.server.apiKey);
    const names = new Set(environment.split("\n").map((line) => line.split("=")[0]));
    const allowed = ["", "PATH", "LANG", "TERM", "HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_", "RXSANDBOX_SANDBOX"];
    const proxy = /^(?:(?:HTTP|HTTPS|ALL|NO)_PROXY|(?:http|https|all|no)_proxy|NODE_USE_ENV_PROXY)$/;
    expect([...names].filter((name) => name !== undefined && !allowed.includes(name) && !proxy.test(name))).toEqual([]);
  });

  it("sandboxes proxied answers and takes their cookies", async () => {
    const script =
      "require('http').createServer((q,s)=>{s.setHeader('set-cookie','a=1');s.setHeader('access-control-allow-origin','*');s.end(JSON.stringify(q.headers))}).listen(0,'127.0.0.1',function(){require('fs').writeFileSync('port',String(this.address().port))})";
    await test.call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, {
      command: `exec node -e "${script}"`,
      background: true,
    });
    const port = await poll(async () => Number(await test.run(id, "cat port 2>/dev/null")) || undefined);
    const headers = { Cookie: "of=the-user", "OPEN-SANDBOX-API-KEY": test.server.apiKey };
    const answers: RawHttpAnswer[] = [
      await rawHttp(test.server.directAddress, { path: `${pathOf(await endpointOf(id, port))}/`, headers }),
      await rawHttp(test.server.domain, { path: `/sandboxes/${id}/proxy/${port}/`, headers }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers["content-security-policy"]).toMatch(/^sandbox /);
      expect(answer.headers["content-security-policy"]).not.toContain("allow-same-origin");
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.text).not.toContain("the-user");
      expect(answer.text).not.toContain(test.server.apiKey);
    }
    await test.run(id, "rm -f port");
  });
});

async function poll<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("nothing came");
}
