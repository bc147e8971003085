import { firstValueFrom, lastValueFrom, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError, isSandboxError, type SandboxError, type SandboxErrorCode } from "@rxsandbox/transport";
import { createTestTransport, type Answer } from "@rxsandbox/testkit";
import type { ClientOptions } from "./client-options.js";
import { createClient } from "./create-client.js";
import { scriptedServer } from "./testing/scripted-server.js";

async function sandboxWith(routes: Parameters<typeof scriptedServer>[1] = {}) {
  const server = scriptedServer({}, routes);
  const client = createClient({ domain: "cp.test", apiKey: "KEY", transport: server.transport, retry: false });
  const sandbox = await firstValueFrom(client.create({ image: "i" }));
  return { client, sandbox, ...server };
}

function argumentOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(isSandboxError(error, "invalid-argument")).toBe(true);
    return (error as InvalidArgumentError).argument;
  }
  return "accepted";
}

const failureOf = (call: Observable<unknown>): Promise<SandboxError> =>
  lastValueFrom(call).then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as SandboxError,
  );

describe("bad input", () => {
  it("throws at the call, names the argument and sends nothing", async () => {
    const { client, sandbox, sent } = await sandboxWith();
    const before = sent().length;
    const volumes = (part: object) => () =>
      client.create({ image: "i", volumes: [{ name: "v", mountPath: "/v", ...part }] });
    const host = { path: "/data" };
    const cases: Record<string, () => unknown> = {
      "blank command": () => sandbox.commands.run("  "),
      "blank background command": () => sandbox.commands.start(""),
      "gid without uid": () => sandbox.commands.run("true", { gid: 1 }),
      "timeout NaN": () => sandbox.commands.run("true", { timeoutSeconds: NaN }),
      "timeout zero": () => sandbox.commands.run("true", { timeoutSeconds: 0 }),
      "timeout negative": () => sandbox.commands.run("true", { timeoutSeconds: -1 }),
      "two backends": volumes({ host, pvc: { claimName: "c" } }),
      "no backend": volumes({}),
      "relative host path": volumes({ host: { path: "data" } }),
      "ttl NaN": () => client.create({ image: "i", timeoutSeconds: NaN }),
      "ttl zero": () => client.withSandbox({ image: "i", timeoutSeconds: 0 }, () => []),
      "ttl negative": () => client.provision({ image: "i", timeoutSeconds: -5 }),
      "ttl too short": () => client.create({ image: "i", timeoutSeconds: 59 }),
      "no image": () => client.create({}),
      "both sources": () => client.create({ image: "i", snapshotId: "s" }),
      "unknown egress action": () => sandbox.patchEgressRules([{ action: "block" as "deny", target: "a" }]),
      "unknown action at create": () =>
        client.create({ image: "i", networkPolicy: { egress: [{ action: "block" as "deny", target: "a" }] } }),
      "unknown default action": () => client.create({ image: "i", networkPolicy: { defaultAction: "none" as "deny" } }),
      "no rules": () => sandbox.patchEgressRules([]),
      "no targets": () => sandbox.deleteEgressRules([]),
      "watch interval": () => sandbox.watchEgressPolicy({ intervalSeconds: -1 }),
      "vault credential": () => sandbox.credentialVault.create({ credentials: [{ name: "a", source: { value: "" } }] }),
      "vault revision": () => sandbox.credentialVault.patch({ expectedRevision: NaN }),
      "reserved metadata": () => client.create({ image: "i", metadata: { "opensandbox.io/x": "1" } }),
      "reserved metadata in a patch": () => sandbox.patchMetadata({ "opensandbox.io/x": null }),
      "renew NaN": () => sandbox.renew(NaN),
      "renew zero": () => client.sandboxes.renew("s1", 0),
      "ready timeout zero": () => sandbox.waitUntilReady({ readyTimeoutSeconds: 0 }),
      "health check": () => client.connect("s1", { healthCheck: true as never }),
      "blank id": () => client.connect(" "),
      "port zero": () => sandbox.getEndpoint(0),
      "port text": () => sandbox.getEndpointUrl("80" as never),
      "page zero": () => client.sandboxes.list({ page: 0 }),
      "page size": () => client.sandboxes.list({ pageSize: 201 }),
      "no paths": () => sandbox.files.deleteFiles([]),
      "misspelt option": () => client.create({ image: "i", timeout: 600 } as never),
    };
    expect(Object.fromEntries(Object.entries(cases).map(([name, call]) => [name, argumentOf(call)]))).toEqual({
      "blank command": "command",
      "blank background command": "command",
      "gid without uid": "gid",
      "timeout NaN": "timeoutSeconds",
      "timeout zero": "timeoutSeconds",
      "timeout negative": "timeoutSeconds",
      "two backends": "volumes[0]",
      "no backend": "volumes[0]",
      "relative host path": "volumes[0].host.path",
      "ttl NaN": "timeoutSeconds",
      "ttl zero": "timeoutSeconds",
      "ttl negative": "timeoutSeconds",
      "ttl too short": "timeoutSeconds",
      "no image": "image",
      "both sources": "snapshotId",
      "unknown egress action": "rules[0].action",
      "unknown action at create": "networkPolicy.egress[0].action",
      "unknown default action": "networkPolicy.defaultAction",
      "no rules": "rules",
      "no targets": "targets",
      "watch interval": "intervalSeconds",
      "vault credential": "credentials[0].source.value",
      "vault revision": "expectedRevision",
      "reserved metadata": 'metadata["opensandbox.io/x"]',
      "reserved metadata in a patch": 'metadata["opensandbox.io/x"]',
      "renew NaN": "timeoutSeconds",
      "renew zero": "timeoutSeconds",
      "ready timeout zero": "readyTimeoutSeconds",
      "health check": "healthCheck",
      "blank id": "sandboxId",
      "port zero": "port",
      "port text": "port",
      "page zero": "page",
      "page size": "pageSize",
      "no paths": "paths",
      "misspelt option": "timeout",
    });
    expect(sent()).toHaveLength(before);
  });

  it.each([".", "..", "%2e%2e", "a/b", "../x", "a b", "a\n", "a?b", "a#b", ""])(
    "refuses the id %j everywhere, and sends nothing",
    async (id) => {
      const { client, sandbox, sent } = await sandboxWith();
      const before = sent().length;
      const { sandboxes, snapshots } = client;
      const { commands, code, terminals, isolation } = sandbox;
      const calls: Record<string, readonly (() => unknown)[]> = {
        sandboxId: [
          () => client.connect(id),
          () => client.resume(id),
          () => sandboxes.getInfo(id),
          () => sandboxes.renew(id, 60),
          () => sandboxes.pause(id),
          () => sandboxes.resume(id),
          () => sandboxes.kill(id),
          () => sandboxes.patchMetadata(id, { a: "b" }),
          () => sandboxes.getEndpoint(id, 80),
          () => sandboxes.getEndpointUrl(id, 80),
          () => sandboxes.getSignedEndpoint(id, 80, 2_000_000_000),
          () => sandboxes.diagnostics(id),
          () => snapshots.create(id),
          () => snapshots.take(id),
        ],
        snapshotId: [
          () => snapshots.get(id),
          () => snapshots.delete(id),
          () => snapshots.watch(id),
          () => snapshots.waitUntilReady(id),
        ],
        commandId: [() => commands.getStatus(id), () => commands.getLogs(id), () => commands.interrupt(id)],
        sessionId: [() => sandbox.attachSession(id), () => isolation.attach(id)],
        contextId: [() => code.attachContext(id), () => code.deleteContext(id), () => code.interrupt(id)],
        terminalId: [() => terminals.attach(id), () => terminals.get(id), () => terminals.delete(id)],
      };
      for (const [argument, made] of Object.entries(calls))
        expect(made.map(argumentOf)).toEqual(made.map(() => argument));
      expect(sent()).toHaveLength(before);
    },
  );

  it.each([".", "..", "%2e%2e", "a\nb", ""])(
    "refuses the name %j of a credential or binding, which no path can hold",
    async (name) => {
      const { sandbox } = await sandboxWith();
      expect(
        [() => sandbox.credentialVault.getCredential(name), () => sandbox.credentialVault.getBinding(name)].map(
          argumentOf,
        ),
      ).toEqual(["name", "name"]);
    },
  );

  it("does not follow an id of the server's that would lead to another address", async () => {
    const { sandbox } = await sandboxWith({ "POST */session": { status: 201, json: { session_id: ".." } } });
    expect(await failureOf(sandbox.createSession())).toMatchObject({ code: "protocol" });
  });

  it.each<[string, unknown]>([
    ["domain", { domain: 3 }],
    ["domain", { domain: "ftp://cp.test" }],
    ["protocol", { protocol: "ws" }],
    ["endpointProtocol", { endpointProtocol: "" }],
    ["apiKey", { apiKey: "a\nb" }],
    ['headers["a b"]', { headers: { "a b": "c" } }],
    ["sandboxHeaders.a", { sandboxHeaders: { a: "b\r\nc: d" } }],
    ["requestTimeoutSeconds", { requestTimeoutSeconds: 0 }],
    ["createTimeoutSeconds", { createTimeoutSeconds: NaN }],
    ["access", { access: "fast" }],
    ["access.ttlSeconds", { access: { kind: "signed", ttlSeconds: -1 } }],
    ["access.ttlSeconds", { access: "signed" }],
    ["useServerProxy", { access: "direct", useServerProxy: true }],
    ["useServerProxy", { access: "proxy", useServerProxy: false }],
    ["useServerProxy", { access: { kind: "signed", ttlSeconds: 9 }, useServerProxy: true }],
    ["debug", { debug: 1 }],
    ["retry.maxAttempts", { retry: { maxAttempts: 0 } }],
    ["vaultSettleMs", { vaultSettleMs: -1 }],
    ["vaultSettleMs", { vaultSettleMs: Infinity }],
    ["maxEventBytes", { maxEventBytes: -1 }],
    ["dispatcher", { dispatcher: {}, transport: createTestTransport() }],
    ["apikey", { apikey: "misspelt" }],
  ])("refuses the client option %s (%#)", (argument, options) => {
    expect(argumentOf(() => createClient(options as ClientOptions))).toBe(argument);
  });

  it.each<[string, Answer, SandboxErrorCode, Partial<SandboxError>]>([
    ["an unreachable server", { failure: "connect" }, "network", { status: undefined }],
    [
      "a wrong key",
      { status: 401, json: { code: "INVALID_API_KEY", message: "no" } },
      "unauthorized",
      { status: 401, serverCode: "INVALID_API_KEY" },
    ],
    ["a redirect", { status: 307, headers: { location: "http://evil.test/" } }, "protocol", {}],
    [
      "500 with an HTML body",
      { status: 500, headers: { "content-type": "text/html" }, body: "<html><h1>Oops</h1></html>" },
      "server-error",
      { status: 500, serverCode: undefined },
    ],
    ["200 with an HTML body", { headers: { "content-type": "text/html" }, body: "<html></html>" }, "protocol", {}],
    ["an error status with an empty body", { status: 503 }, "unavailable", { status: 503 }],
    ["a broken connection", { failure: "reset" }, "network", {}],
  ])("reports %s as a typed error", async (_, answer, code, details) => {
    const client = createClient({
      domain: "cp.test",
      apiKey: "KEY",
      transport: createTestTransport({ "* *": answer }),
      retry: false,
    });
    const error = await failureOf(client.sandboxes.getInfo("s1"));
    expect(isSandboxError(error, code)).toBe(true);
    expect(error).toMatchObject(details);
    expect(error.message).toMatch(/^Get sandbox \(GET \/sandboxes\/s1\): .+ \[[a-z-]+\]$/);
    expect(error.requestId).toMatch(/./);
  });

  it("reports a stream of random bytes as a typed error", async () => {
    let seed = 1;
    const noise = Uint8Array.from({ length: 4096 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff);
    const { sandbox } = await sandboxWith({
      "POST */command": { headers: { "content-type": "text/event-stream" }, body: noise },
    });
    expect((await failureOf(sandbox.commands.run("true"))).code).toMatch(/^(protocol|stream-truncated)$/);
  });
});
