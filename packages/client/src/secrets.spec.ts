import { EMPTY, catchError, lastValueFrom, toArray, type Observable } from "rxjs";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ClientEvent } from "@rxsandbox/transport";
import type { Answer, RecordedRequest } from "@rxsandbox/testkit";
import type { ClientOptions } from "./client-options.js";
import { createClient } from "./create-client.js";
import { scriptedServer } from "./testing/scripted-server.js";

const KEY = "SENTINEL-tenant-key";
const secrets = {
  registry: "SENTINEL-registry-password",
  ossId: "SENTINEL-oss-id",
  ossSecret: "SENTINEL-oss-secret",
  egress: "EGRESS-TOKEN",
  header: "SENTINEL-header",
  vault: 'SENTINEL-"vault"',
  shortVault: "S3NT",
};
const createOptions = {
  image: { uri: "r.example/i", auth: { username: "u", password: secrets.registry } },
  networkPolicy: {},
  volumes: [
    {
      name: "o",
      mountPath: "/o",
      ossfs: { bucket: "bucket", endpoint: "e", accessKeyId: secrets.ossId, accessKeySecret: secrets.ossSecret },
    },
  ],
};

/** Everything that a value shows: own and inherited texts, also those of causes and of what is not enumerable. */
function everyText(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const own = Object.getOwnPropertyNames(value).map(
    (name) => `${name}: ${everyText((value as Record<string, unknown>)[name], seen)}`,
  );
  return [String(value instanceof Error ? value : ""), ...own].join("\n");
}

/** A server that answers every call with all it knows about it, as a careless one does. */
const echo =
  (status: number) =>
  (request: RecordedRequest): Answer => ({
    status,
    json: {
      detail: [{ type: "value_error", loc: ["body"], msg: `bad: ${request.bodyText()}`, input: request.json() }],
      code: "ECHO",
      message: `${JSON.stringify(request.headers)} ${request.url} ${request.bodyText()}`,
    },
  });

describe("secrets", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([400, 401, 422, 500])(
    "occur in no error, event or debug line when a server echoes them with %i",
    async (status) => {
      const lines: string[] = [];
      vi.spyOn(console, "debug").mockImplementation((...parts: unknown[]) => void lines.push(parts.join(" ")));
      const events: ClientEvent[] = [];
      const server = scriptedServer(
        {},
        {
          "PATCH */policy": echo(status),
          "GET */policy": echo(status),
          "POST */command": echo(status),
          "* */credential-vault": echo(status),
        },
      );
      const options: ClientOptions = {
        domain: "cp.test",
        apiKey: KEY,
        headers: { Authorization: `Bearer ${secrets.header}` },
        sandboxHeaders: { "X-Mine": secrets.header },
        transport: server.transport,
        retry: false,
        debug: true,
        events: { next: (event) => events.push(event) },
      };
      const client = createClient(options);
      const shown: unknown[] = [];
      const failing = (call: Observable<unknown>) =>
        lastValueFrom(
          call.pipe(
            catchError((error: unknown) => (shown.push(error), EMPTY)),
            toArray(),
          ),
        );
      const sandbox = (await lastValueFrom(client.create(createOptions).pipe(toArray())))[0];
      if (sandbox === undefined) throw new Error("not created");
      await failing(sandbox.getEgressPolicy());
      await failing(sandbox.patchEgressRules([{ action: "deny", target: "a" }]));
      await failing(sandbox.commands.run("true"));
      const credentials = [
        { name: "long-credential-name", source: { value: secrets.vault } },
        { name: "b", source: { value: secrets.shortVault } },
      ];
      await failing(sandbox.credentialVault.create({ credentials }));
      await failing(sandbox.credentialVault.patch({ credentials: { replace: credentials } }));
      // A call that carries none is answered with what an earlier one brought.
      server.transport.route("GET */credential-vault", {
        status,
        body: `${secrets.vault} ${JSON.stringify(secrets.vault)} ${secrets.shortVault} of long-credential-name`,
      });
      await failing(sandbox.credentialVault.get());
      server.transport.route("POST /v1/sandboxes", echo(status));
      server.transport.route("GET /v1/sandboxes", {
        json: { items: [], pagination: { page: 1, pageSize: 200, totalItems: 0, totalPages: 0, hasNextPage: false } },
      });
      server.transport.route("GET /v1/sandboxes/:id", echo(status));
      await failing(client.create(createOptions));
      await failing(sandbox.getInfo());
      await client.close();

      expect(shown).toHaveLength(8);
      expect(lines.length).toBeGreaterThan(5);
      expect(events.length).toBeGreaterThan(5);
      const text = [
        ...shown.map((error) => everyText(error)),
        ...events.map((event) => everyText(event)),
        ...lines,
      ].join("\n");
      for (const secret of [KEY, ...Object.values(secrets)]) expect(text).not.toContain(secret);
      // Names are no secrets, and without them no message helps.
      for (const index of [3, 4, 5]) expect(everyText(shown[index])).toContain("long-credential-name");
      for (const secret of ["SENTINEL", "S3NT", "EGRESS-TOKEN"])
        expect(text.match(new RegExp(`.*${secret}.*`))).toBeNull();
    },
  );

  function destinations(access: ClientOptions["access"], endpoint: string, extra: ClientOptions = {}) {
    const server = scriptedServer(
      {},
      {
        "GET /v1/sandboxes/:id/endpoints/:port": ({ params }) => ({
          json: {
            endpoint: `${endpoint}/${params["id"]}/proxy/${params["port"]}`,
            headers: { "X-Token": `t${params["port"]}` },
          },
        }),
        "GET */policy": { json: { policy: { defaultAction: "deny", egress: null } } },
      },
    );
    const client = createClient({
      domain: "cp.test:8080",
      apiKey: KEY,
      headers: { "X-Control": "c" },
      sandboxHeaders: { "X-Box": "b" },
      ...(access !== undefined && { access }),
      transport: server.transport,
      retry: false,
      ...extra,
    });
    return lastValueFrom(client.withSandbox({ image: "i" }, (sandbox) => sandbox.getEgressPolicy())).then(async () => {
      await client.close();
      return server.transport.requests.map(({ url, headers }) => ({ url: new URL(url), headers }));
    });
  }
  const toBoxes = (requests: Awaited<ReturnType<typeof destinations>>) =>
    requests.filter(({ url }) => url.pathname.includes("/proxy/"));
  const toControl = (requests: Awaited<ReturnType<typeof destinations>>) =>
    requests.filter(({ url }) => url.pathname.startsWith("/v1/"));

  it("go to the control plane only, in direct mode", async () => {
    const requests = await destinations("direct", "box.test:1");
    expect(toControl(requests).length).toBeGreaterThanOrEqual(4);
    for (const { url, headers } of toControl(requests)) {
      expect(url.origin).toBe("http://cp.test:8080");
      expect(headers).toMatchObject({ "open-sandbox-api-key": KEY, "x-control": "c" });
      expect(headers).not.toHaveProperty("x-box");
    }
    expect(toBoxes(requests)).toHaveLength(2);
    for (const { url, headers } of toBoxes(requests)) {
      expect(url.origin).toBe("http://box.test:1");
      expect(headers).toMatchObject({ "x-box": "b", "x-token": url.pathname.includes("18080") ? "t18080" : "t44772" });
      expect(JSON.stringify(headers)).not.toContain(KEY);
      expect(headers).not.toHaveProperty("x-control");
    }
  });

  it("go to the control plane's own proxy, in proxy mode", async () => {
    for (const requests of [
      await destinations("proxy", "cp.test:8080/sandboxes"),
      await destinations(undefined, "cp.test:8080/sandboxes", { useServerProxy: true }),
    ]) {
      expect(toControl(requests).filter(({ url }) => url.searchParams.get("use_server_proxy") === "true")).toHaveLength(
        2,
      );
      expect(toBoxes(requests)).toHaveLength(2);
      for (const { url, headers } of toBoxes(requests)) {
        expect(url.origin).toBe("http://cp.test:8080");
        expect(url.pathname).toMatch(/^\/sandboxes\/s1\/proxy\//);
        expect(headers).toMatchObject({ "open-sandbox-api-key": KEY, "x-box": "b" });
        expect(headers).not.toHaveProperty("x-control");
      }
    }
  });

  it.each<[string, ClientOptions["access"], string]>([
    ["a proxy at another address", "proxy", "elsewhere.test:8080/sandboxes"],
    ["a signed route", { kind: "signed", ttlSeconds: 60 }, "gateway.test"],
    ["a direct address at the control plane's own host", "direct", "cp.test:8080/sandboxes"],
  ])("stay away from %s", async (_, access, endpoint) => {
    const requests = await destinations(access, endpoint);
    expect(toBoxes(requests)).toHaveLength(2);
    for (const { headers } of toBoxes(requests)) expect(JSON.stringify(headers)).not.toContain(KEY);
  });

  it("are not handed to who asks for an endpoint", async () => {
    const server = scriptedServer(
      {},
      { "GET /v1/sandboxes/:id/endpoints/:port": { json: { endpoint: "cp.test/sandboxes/s1/proxy/80" } } },
    );
    const client = createClient({ domain: "cp.test", apiKey: KEY, access: "proxy", transport: server.transport });
    const endpoint = await lastValueFrom(client.sandboxes.getEndpoint("s1", 80));
    expect(endpoint).toEqual({ url: "http://cp.test/sandboxes/s1/proxy/80", headers: {}, access: "proxy" });
  });
});
