import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeServer } from "../../shared/listen-on-loopback.js";
import type { RawPolicy } from "../policy-document.js";
import { PolicyStore } from "../policy-store.js";
import { VaultStore } from "../vault/vault-store.js";
import { type EgressProxy, startEgressProxy } from "./egress-proxy.js";

const POLICY: RawPolicy = {
  egress: [
    { action: "allow", target: "api.example.com" },
    { action: "deny", target: "bad.wild.example" },
    { action: "allow", target: "*.wild.example" },
  ],
};
const SECRET = "s3cret-value";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("startEgressProxy", () => {
  const seen: Seen[] = [];
  let origin: Server;
  let proxy: EgressProxy;

  beforeAll(async () => {
    origin = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.writeHead(201, {
          "x-seen": String(request.headers.authorization),
          "set-cookie": ["a=1", `b=${SECRET}`],
          "keep-alive": "timeout=9",
        });
        response.end(`host ${request.headers.host}`);
      });
    });
    origin.listen(0, "127.0.0.1");
    await once(origin, "listening");
    const address = `127.0.0.1:${(origin.address() as AddressInfo).port}`;
    proxy = await startEgressProxy({
      upstreams: { "api.example.com": address, "x.wild.example": address, "dead.wild.example": "127.0.0.1:1" },
    });
  });
  afterAll(async () => {
    await proxy.close();
    await closeServer(origin);
  });

  function passage(policy: RawPolicy = POLICY) {
    const store = new PolicyStore({ initial: policy, profile: "opensandbox", maxRules: 0 });
    const vault = new VaultStore(() => store.current, { ports: [80, 443], ignoredHosts: [] });
    const opened = proxy.open({ policy: () => store.current, vault: () => vault.active() });
    const { port, username, password } = new URL(opened.environment["HTTP_PROXY"] ?? "");
    const credentials = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    /** Sends a text to the proxy; gives all it says until it hangs up. */
    const say = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), "127.0.0.1");
        let answer = "";
        socket.setEncoding("latin1").on("data", (part: string) => (answer += part));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(answer));
        socket.write(text);
      });
    const head = (first: string, lines: readonly string[], auth = credentials): string =>
      [`${first} HTTP/1.1`, ...(auth === "" ? [] : [`Proxy-Authorization: ${auth}`]), ...lines, "", ""].join("\r\n");
    const ask = (
      url: string,
      {
        method = "GET",
        lines = [],
        body = "",
        auth = credentials,
      }: {
        readonly method?: string;
        readonly lines?: readonly string[];
        readonly body?: string;
        readonly auth?: string;
      } = {},
    ): Promise<string> =>
      say(
        head(
          `${method} ${url}`,
          [
            "Host: proxy.example",
            "Connection: close",
            ...lines,
            ...(body === "" ? [] : [`Content-Length: ${body.length}`]),
          ],
          auth,
        ) + body,
      );
    const tunnel = (authority: string, inside: string): Promise<string> =>
      say(head(`CONNECT ${authority}`, [`Host: ${authority}`]) + inside);
    return { store, vault, opened, say, head, ask, tunnel, port, credentials };
  }

  it("passes a plain request on to a host that the policy allows, without what belongs to the hop", async () => {
    seen.length = 0;
    const answer = await passage().ask("http://api.example.com/p?q=1", {
      method: "POST",
      body: "hello",
      lines: ["X-Hop: 1", "Connection: X-Hop", "Proxy-Connection: keep-alive", "Authorization: own"],
    });
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(answer).toContain("host api.example.com");
    expect(seen).toMatchObject([
      { method: "POST", url: "/p?q=1", body: "hello", headers: { host: "api.example.com", authorization: "own" } },
    ]);
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["proxy-authorization"]));
    expect(seen[0]?.headers).not.toHaveProperty("x-hop");
    expect(answer).not.toContain("timeout=9");
  });

  it("keeps the frame of a body without length", async () => {
    seen.length = 0;
    const { say, head } = passage();
    const answer = await say(
      `${head("DELETE http://api.example.com/", ["Host: a", "Connection: close", "Transfer-Encoding: chunked"])}5\r\nhello\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(seen).toMatchObject([{ method: "DELETE", body: "hello", headers: { "transfer-encoding": "chunked" } }]);
  });

  it.each(["other.example.com", "bad.wild.example", "BAD.wild.example.", "wild.example"])(
    "refuses %s in such a way that no program takes it for an answer",
    async (host) => {
      seen.length = 0;
      const { ask, tunnel } = passage();
      const answer = await ask(`http://${host}/`);
      const [answerHead = "", text = ""] = answer.split("\r\n\r\n");
      expect(answerHead).toMatch(/^HTTP\/1\.1 403 /);
      expect(text).toMatch(/^egress policy denies .*\n$/);
      expect(Number(/content-length: (\d+)/.exec(answerHead)?.[1])).toBeGreaterThan(text.length);
      expect(await ask(`http://${host}/`, { method: "HEAD" })).toBe("");
      expect(await tunnel(`${host}:443`, "")).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(seen).toEqual([]);
    },
  );

  it("joins a tunnel with a host that the policy allows, and looks at nothing in it", async () => {
    const { tunnel, vault } = passage();
    vault.create(
      JSON.stringify({
        credentials: [{ name: "t", source: { value: SECRET } }],
        bindings: [
          {
            name: "b",
            match: { hosts: ["api.example.com"], schemes: ["http", "https"], ports: [80, 443] },
            auth: { type: "bearer", credential: "t" },
          },
        ],
      }),
    );
    seen.length = 0;
    const answer = await tunnel(
      "x.wild.example:443",
      "GET /inside HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 201 Created/);
    expect(seen).toMatchObject([{ url: "/inside" }]);
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it("follows every change of the policy", async () => {
    const { ask, store } = passage({ egress: [] });
    expect(await ask("http://api.example.com/")).toContain("403");
    store.merge('[{"action":"allow","target":"api.example.com"}]');
    expect(await ask("http://api.example.com/")).toContain("201");
    store.remove('["api.example.com"]');
    expect(await ask("http://api.example.com/")).toContain("403");
  });

  it("lets addresses and the machine itself pass, as mode dns does", async () => {
    const { ask, tunnel } = passage({ egress: [] });
    const { port } = origin.address() as AddressInfo;
    for (const host of ["127.0.0.1", "localhost"]) expect(await ask(`http://${host}:${port}/`)).toContain("201");
    expect(await tunnel(`127.0.0.1:${port}`, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toContain(
      "201",
    );
  });

  const kinds: readonly (readonly [object, Record<string, string>])[] = [
    [{ type: "bearer", credential: "t" }, { authorization: `Bearer ${SECRET}` }],
    [{ type: "basic", credential: "t" }, { authorization: `Basic ${SECRET}` }],
    [{ type: "apiKey", name: "x-api-key", credential: "t" }, { "x-api-key": SECRET }],
    [
      {
        type: "customHeaders",
        headers: [
          { name: "x-one", credential: "t" },
          { name: "x-two", credential: "u" },
        ],
      },
      { "x-one": SECRET, "x-two": "other" },
    ],
  ];
  it.each(kinds)("puts %j into requests that a binding matches, and into no other", async (auth, headers) => {
    const { ask, vault } = passage();
    vault.create(
      JSON.stringify({
        credentials: [
          { name: "t", source: { value: SECRET } },
          { name: "u", source: { value: "other" } },
        ],
        bindings: [
          {
            name: "b",
            match: { hosts: ["api.example.com"], schemes: ["http"], ports: [80], methods: ["GET"], paths: ["/v1/*"] },
            auth,
          },
        ],
      }),
    );
    seen.length = 0;
    const answer = await ask("http://API.example.com/v1/x?y", {
      lines: ["Authorization: own", "X-Api-Key: own", "X-One: own"],
    });
    expect(seen[0]?.headers).toMatchObject(headers);
    // What went in does not come back.
    expect(answer).not.toContain(SECRET);
    expect(answer).toMatch(/set-cookie: b=\[REDACTED\]/i);
    seen.length = 0;
    for (const [url, method] of [
      ["http://api.example.com/v2", "GET"],
      ["http://api.example.com/v1/x", "POST"],
      ["http://x.wild.example/v1/x", "GET"],
    ] as const)
      await ask(url, { method });
    expect(seen).toHaveLength(3);
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });

  it("follows every change of the vault", async () => {
    const { ask, vault } = passage();
    const sent = async (): Promise<string | undefined> => {
      seen.length = 0;
      await ask("http://api.example.com/");
      return seen[0]?.headers.authorization;
    };
    vault.create(
      JSON.stringify({
        credentials: [{ name: "t", source: { value: "one" } }],
        bindings: [
          {
            name: "b",
            match: { hosts: ["api.example.com"], schemes: ["http"], ports: [80] },
            auth: { type: "bearer", credential: "t" },
          },
        ],
      }),
    );
    expect(await sent()).toBe("Bearer one");
    vault.patch(JSON.stringify({ credentials: { replace: [{ name: "t", source: { value: "two" } }] } }));
    expect(await sent()).toBe("Bearer two");
    vault.patch(JSON.stringify({ bindings: { delete: ["b"] } }));
    expect(await sent()).toBeUndefined();
    vault.remove();
    expect(await sent()).toBeUndefined();
  });

  it("is open to nobody without the token of a passage, nor after it was closed", async () => {
    const { ask, opened, credentials } = passage();
    for (const auth of [
      "",
      "Basic !",
      `Basic ${Buffer.from("sandbox:wrong").toString("base64")}`,
      credentials.replace("Basic", "Bearer"),
    ]) {
      expect(await ask("http://api.example.com/", { auth })).toMatch(
        /^HTTP\/1\.1 407 .*\r\nproxy-authenticate: Basic/i,
      );
    }
    opened.close();
    expect(await ask("http://api.example.com/")).toContain("407");
  });

  it("cuts what goes through a passage when it is closed", async () => {
    const { tunnel, opened } = passage();
    const asked = tunnel("x.wild.example:443", "GET");
    await once(origin, "connection");
    opened.close();
    expect(await asked).not.toContain("201");
  });

  it("says what is wrong with a request, and with a host that does not answer", async () => {
    const { ask, tunnel } = passage();
    expect(await ask("/")).toMatch(/^HTTP\/1\.1 400 [\s\S]*not a request to a proxy\n$/);
    expect(await ask("http://dead.wild.example/")).toMatch(/^HTTP\/1\.1 502 [\s\S]*ECONNREFUSED\n$/);
    expect(await tunnel("dead.wild.example:443", "")).toMatch(/^HTTP\/1\.1 502 Bad Gateway[\s\S]*ECONNREFUSED\n$/);
    expect(await tunnel("a/b", "")).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("refuses a request whose credential is no value of a header, and shows nothing of it", async () => {
    const { ask, vault } = passage();
    vault.create(
      JSON.stringify({
        credentials: [{ name: "t", source: { value: `${SECRET}\r\nX-Smuggled: 1` } }],
        bindings: [
          {
            name: "b",
            match: { hosts: ["api.example.com"], schemes: ["http"], ports: [80] },
            auth: { type: "bearer", credential: "t" },
          },
        ],
      }),
    );
    seen.length = 0;
    const answer = await ask("http://api.example.com/");
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(answer).not.toContain(SECRET);
    expect(seen).toEqual([]);
  });

  it("survives a program that leaves before the answer, and lets the host go too", async () => {
    const { port, credentials, ask } = passage();
    const socket = connect(Number(port), "127.0.0.1");
    // The host waits for a body that never comes.
    socket.write(
      `POST http://api.example.com/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: ${credentials}\r\nContent-Length: 10\r\n\r\n`,
    );
    const [arrived] = (await once(origin, "connection")) as [Socket];
    const gone = once(arrived, "close");
    socket.destroy();
    await gone;
    expect(await ask("http://api.example.com/")).toContain("201");
  });
});
