import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rawHttp, type RawHttpAnswer } from "../testing/raw-http.js";
import { type TestServer, testServer } from "../testing/test-server.js";

const SECRET = "s3cret-of-the-vault";

describe("a credential vault attacked from its sandbox and by its own contents", () => {
  const seen: { readonly raw: readonly string[]; readonly url: string | undefined }[] = [];
  let service: Server;
  let test: TestServer;
  let id: string;
  let egress: Readonly<Record<string, string>>;

  beforeAll(async () => {
    service = createServer((request: IncomingMessage, response) => {
      seen.push({ raw: request.rawHeaders, url: request.url });
      response.end("served");
    }).listen(0, "127.0.0.1");
    await once(service, "listening");
    const address = `127.0.0.1:${(service.address() as AddressInfo).port}`;
    test = await testServer({ upstreams: { "api.example.com": address, "evil.example": address }, vaultCacheMs: 0 });
    const rules = ["api.example.com", "evil.example"].map((target) => ({ action: "allow", target }));
    id = await test.create({
      networkPolicy: { defaultAction: "deny", egress: rules },
      credentialProxy: { enabled: true },
    });
    const { headers } = JSON.parse((await test.call("GET", `/v1/sandboxes/${id}/endpoints/18080`)).text) as {
      readonly headers: Readonly<Record<string, string>>;
    };
    egress = headers;
  });
  beforeEach(() => {
    seen.length = 0;
  });
  afterEach(() => vault("DELETE"));
  afterAll(async () => {
    await test.close();
    service.close();
    service.closeAllConnections();
  });

  function vault(method: string, body?: unknown): Promise<RawHttpAnswer> {
    const headers = { "OPEN-SANDBOX-API-KEY": test.server.apiKey, ...egress };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return rawHttp(test.server.domain, {
      method,
      path: `/sandboxes/${id}/proxy/18080/credential-vault`,
      headers,
      ...text,
    });
  }
  const create = (value: string, auth: Readonly<Record<string, unknown>>, match = {}) =>
    vault("POST", {
      credentials: [{ name: "c", source: { value } }],
      bindings: [
        {
          name: "b",
          match: { schemes: ["http"], ports: [80], hosts: ["api.example.com"], paths: ["/v1/*"], ...match },
          auth: { credential: "c", ...auth },
        },
      ],
    });
  const curl = (words: string): Promise<string> =>
    test.run(id, `curl -s -m 5 --path-as-is -w ' %{http_code}' ${words}`);
  const injected = (): readonly string[] => seen.flatMap(({ raw }) => raw.filter((text) => text.includes(SECRET)));

  it.each(["\r\nx-injected: 1", "\n", "\0", "\u0001", "\u007f", "\ud83d\ude00", "\u2028"])(
    "sends no credential that holds %j",
    async (part) => {
      expect((await create(`${SECRET}${part}`, { type: "bearer" })).status).toBe(201);
      expect(await curl("http://api.example.com/v1/a")).toMatch(/ 502\n$/);
      expect(seen).toEqual([]);
    },
  );

  it.each(["X-A\r\nX-B", "X A", "", "X-A:", "Host", "Content-Length", "Transfer-Encoding", "Connection", "\u00e4"])(
    "takes no header named %j, and does not show the secret",
    async (name) => {
      for (const auth of [
        { type: "apiKey", name },
        { type: "customHeaders", headers: [{ name, credential: "c" }] },
      ]) {
        const answer = await create(SECRET, auth);
        expect(answer.status).toBe(400);
        expect(answer.text).not.toContain(SECRET);
      }
    },
  );

  it("gives the credential to the host of the address alone, whatever `Host` and the rest say", async () => {
    await create(SECRET, { type: "bearer" });
    for (const words of [
      "-H 'Host: api.example.com' http://evil.example/v1/a",
      "http://api.example.com@evil.example/v1/a",
      "'http://evil.example/v1/a?@api.example.com'",
      "-H 'X-Forwarded-Host: api.example.com' http://evil.example/v1/a",
      "http://api.example.com:8080/v1/a",
      "-X OPTIONS http://api.example.com/v1/a",
    ])
      await curl(words);
    expect(seen.length).toBeGreaterThanOrEqual(5);
    expect(injected()).toEqual([]);
    await curl("http://API.example.com./v1/a");
    expect(injected()).toEqual([`Bearer ${SECRET}`]);
  });

  it("judges the path that the service gets", async () => {
    await create(SECRET, { type: "bearer" });
    for (const path of ["/v1/../admin", "/v1/%2e%2e/admin", "/v1/.%2E/admin", "/v1\\..\\admin", "//v1/a", "/V1/a"])
      await curl(`'http://api.example.com${path}'`);
    for (const { url } of seen) expect(url).not.toMatch(/^\/v1\//);
    expect(seen.length).toBe(6);
    expect(injected()).toEqual([]);
  });

  it("sends the credential once, also when the sandbox sends such a header itself or names it a hop's", async () => {
    await create(SECRET, { type: "bearer" });
    await curl(
      "-H 'Authorization: own' -H 'authorization: other' -H 'Connection: authorization' http://api.example.com/v1/a",
    );
    const values = seen.map(({ raw }) => raw.filter((_, index) => raw[index - 1]?.toLowerCase() === "authorization"));
    expect(values).toEqual([[`Bearer ${SECRET}`]]);
  });

  it("shows its secrets to nobody who asks for it", async () => {
    await create(SECRET, { type: "bearer" });
    const headers = { "OPEN-SANDBOX-API-KEY": test.server.apiKey, ...egress };
    for (const path of [
      "",
      "/credentials",
      "/credentials/c",
      "/bindings",
      "/_active",
      "/credentials/..%2f_active",
      "/../_active",
    ]) {
      const answer = await rawHttp(test.server.domain, {
        path: `/sandboxes/${id}/proxy/18080/credential-vault${path}`,
        headers,
      });
      expect(answer.text).not.toContain(SECRET);
    }
    expect((await create(SECRET, { type: "bearer" })).text).not.toContain(SECRET);
    expect(
      (await vault("PATCH", { credentials: { add: [{ name: "c", source: { value: SECRET } }] } })).text,
    ).not.toContain(SECRET);
    expect((await test.call("GET", `/v1/sandboxes/${id}/diagnostics/inspect`)).text).not.toContain(SECRET);
  });
});
