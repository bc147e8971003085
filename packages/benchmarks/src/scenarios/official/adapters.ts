import assert from "node:assert/strict";
import type * as officialSdk from "@alibaba-group/opensandbox";
import type { Scenario } from "../scenario.js";
import { rejection } from "./rejection.js";

const connectionConfig = { domain: "https://control.test", disableMetrics: true };

/** Where a stack is, whichever it is. */
interface StackAddress {
  readonly execdBaseUrl?: string;
  readonly egressBaseUrl?: string;
  readonly endpointHeaders?: Readonly<Record<string, string>>;
}

/** A lifecycle API, a daemon and a sidecar without a network, and what they were asked for. */
function fakes() {
  const asked: (readonly [what: string, ...args: unknown[]])[] = [];
  const note =
    <T>(what: string, answer: T) =>
    (...args: unknown[]): Promise<T> => {
      asked.push([what, ...args]);
      return Promise.resolve(answer);
    };
  const lifecycle = {
    createSandbox: { id: "fake" },
    getSandbox: { id: "fake" },
    listSandboxes: { items: [{ id: "fake" }] },
    createSnapshot: { id: "snap" },
    listSnapshots: { items: [] },
    ...Object.fromEntries(
      [
        "patchSandboxMetadata",
        "deleteSandbox",
        "pauseSandbox",
        "resumeSandbox",
        "renewSandboxExpiration",
        "getSnapshot",
        "deleteSnapshot",
      ].map((name) => [name, undefined]),
    ),
  };
  const sandboxes = {
    ...Object.fromEntries(Object.entries(lifecycle).map(([name, answer]) => [name, note(name, answer)])),
    getSandboxEndpoint: (id: string, port: number) => {
      asked.push(["getSandboxEndpoint", id, port]);
      return Promise.resolve({ endpoint: `box.test/${port}`, headers: { "x-port": String(port) } });
    },
  };
  const egress = {
    getPolicy: note("getPolicy", { defaultAction: "deny" }),
    patchRules: note("patchRules", undefined),
    deleteRules: note("deleteRules", undefined),
  };
  const execd = { commands: {}, files: {}, metrics: {}, health: { ping: () => Promise.resolve(true) } };
  const stack =
    <T>(what: string, answer: T) =>
    ({ execdBaseUrl, egressBaseUrl, endpointHeaders }: StackAddress): T => {
      asked.push([what, execdBaseUrl ?? egressBaseUrl, endpointHeaders]);
      return answer;
    };
  const adapterFactory = {
    createLifecycleStack: () => ({ sandboxes }),
    createExecdStack: stack("createExecdStack", execd),
    createEgressStack: stack("createEgressStack", { egress }),
  };
  return { adapterFactory: adapterFactory as unknown as officialSdk.AdapterFactory, asked };
}

/**
 * Behaviours 33 to 39: the extension point. What the official unit suites require of the public entry, with everything
 * behind it faked.
 */
export const adapterScenarios: readonly Scenario[] = [
  {
    number: 33,
    name: "a domain may be a URL with a prefix, a version and any number of slashes",
    run: async ({ sdk }) => {
      const baseUrl = (domain: string): string => new sdk.ConnectionConfig({ domain }).getBaseUrl();
      assert.equal(baseUrl("control.test:9000"), "http://control.test:9000/v1");
      assert.equal(baseUrl("https://control.test/prefix/v1/"), "https://control.test/prefix/v1");
      assert.equal(baseUrl(`https://control.test${"/".repeat(4096)}`), "https://control.test/v1");
      await Promise.resolve();
    },
  },
  {
    number: 34,
    name: "a create goes through the adapter factory, with the defaults filled in",
    run: async ({ sdk }) => {
      const { adapterFactory, asked } = fakes();
      const create = async (options: Parameters<typeof sdk.Sandbox.create>[0]): Promise<Record<string, unknown>> => {
        asked.length = 0;
        const sandbox = await sdk.Sandbox.create({
          adapterFactory,
          connectionConfig,
          skipHealthCheck: true,
          ...options,
        });
        assert.equal(sandbox.id, "fake");
        return asked.find(([what]) => what === "createSandbox")?.[1] as Record<string, unknown>;
      };
      const plain = await create({ image: "python:3.11", timeoutSeconds: 61.9 });
      assert.deepEqual(plain["image"], { uri: "python:3.11" });
      assert.deepEqual(plain["entrypoint"], ["tail", "-f", "/dev/null"]);
      assert.equal(plain["timeout"], 61);
      const rich = await create({
        snapshotId: "snap",
        timeoutSeconds: null,
        secureAccess: true,
        credentialProxy: { enabled: true },
        platform: { os: "windows", arch: "amd64" },
        volumes: [{ name: "host", host: { path: "D:/data" }, mountPath: "/mnt" }],
      });
      assert.ok(!("timeout" in rich));
      assert.deepEqual(
        [rich["snapshotId"], rich["secureAccess"], rich["credentialProxy"], rich["platform"]],
        ["snap", true, { enabled: true }, { os: "windows", arch: "amd64" }],
      );
      assert.equal((rich["volumes"] as { host: { path: string } }[])[0]?.host.path, "D:/data");
      assert.match(
        (await rejection(sdk.Sandbox.create({ adapterFactory, connectionConfig }))).message,
        /Exactly one of image or snapshotId/,
      );
      assert.match(
        (
          await rejection(
            sdk.Sandbox.create({ adapterFactory, connectionConfig, image: "i", timeoutSeconds: Number.NaN }),
          )
        ).message,
        /must be a finite number/,
      );
    },
  },
  {
    number: 35,
    name: "connect looks up both addresses through the adapter factory, and a resume uses the same factory",
    run: async ({ sdk }) => {
      const { adapterFactory, asked } = fakes();
      const sandbox = await sdk.Sandbox.connect({ adapterFactory, connectionConfig, sandboxId: "fake" });
      const wired = [
        ["getSandboxEndpoint", "fake", sdk.DEFAULT_EXECD_PORT],
        ["getSandboxEndpoint", "fake", sdk.DEFAULT_EGRESS_PORT],
        ["createExecdStack", "https://box.test/44772", { "x-port": "44772" }],
        ["createEgressStack", "https://box.test/18080", { "x-port": "18080" }],
      ];
      assert.deepEqual(asked, wired);
      assert.equal(await sandbox.getEndpointUrl(80), "https://box.test/80");
      asked.length = 0;
      assert.notEqual(await sandbox.resume(), sandbox);
      assert.deepEqual(asked, [["resumeSandbox", "fake"], ...wired]);
    },
  },
  {
    number: 36,
    name: "one egress stack serves a sandbox, with or without a vault",
    run: async ({ sdk }) => {
      const { adapterFactory, asked } = fakes();
      const sandbox = await sdk.Sandbox.connect({ adapterFactory, connectionConfig, sandboxId: "fake" });
      assert.deepEqual(await sandbox.getEgressPolicy(), { defaultAction: "deny" });
      await sandbox.patchEgressRules([{ action: "allow", target: "a.test" }]);
      await sandbox.deleteEgressRules(["a.test"]);
      assert.equal(asked.filter(([what]) => what === "createEgressStack").length, 1);
      const refused = await rejection(Promise.resolve().then(() => sandbox.credentialVault.get()));
      assert.match(refused.message, /Credential Vault is not available/);
    },
  },
  {
    number: 37,
    name: "the manager passes its calls to the lifecycle adapter",
    run: async ({ sdk }) => {
      const { adapterFactory, asked } = fakes();
      const manager = sdk.SandboxManager.create({ adapterFactory, connectionConfig });
      const filter = { states: ["Running"], metadata: { team: "ml" }, page: 2, pageSize: 5 };
      await manager.listSandboxInfos(filter);
      await manager.pauseSandbox("a");
      await manager.resumeSandbox("a");
      await manager.renewSandbox("a", 30);
      await manager.killSandbox("a");
      await manager.createSnapshot("a", { name: "n" });
      await manager.deleteSnapshot("snap");
      await manager.close();
      assert.deepEqual(
        asked.map(([what]) => what),
        [
          "listSandboxes",
          "pauseSandbox",
          "resumeSandbox",
          "renewSandboxExpiration",
          "deleteSandbox",
          "createSnapshot",
          "deleteSnapshot",
        ],
      );
      assert.deepEqual(asked[0]?.[1], filter);
      const [, , { expiresAt }] = asked[3] as [string, string, { expiresAt: string }];
      assert.ok(Date.parse(expiresAt) > Date.now());
    },
  },
  {
    number: 38,
    name: "waiting for readiness needs no more than settings and a ping, and its timeout says what to try",
    run: async ({ sdk }) => {
      const wait = (ping: () => Promise<boolean>, useServerProxy: boolean): Promise<Error> =>
        rejection(
          sdk.Sandbox.prototype.waitUntilReady.call(
            { connectionConfig: { domain: "control.test", useServerProxy }, health: { ping } } as never,
            { readyTimeoutSeconds: 0.01, pollingIntervalMillis: 1 },
          ),
        );
      const failed = await wait(() => Promise.reject(new Error("nobody there")), false);
      assert.ok(failed instanceof sdk.SandboxReadyTimeoutException);
      for (const part of [
        "Sandbox health check timed out",
        "Last health check error: nobody there",
        "domain=control.test",
        "useServerProxy=false",
        "useServerProxy=true",
      ])
        assert.ok(failed.message.includes(part), part);
      assert.ok(
        (await wait(() => Promise.resolve(false), true)).message.includes("Health check returned false continuously."),
      );
    },
  },
  {
    number: 39,
    name: "the default adapter factory serves a sandbox when it is given by hand",
    run: async ({ sdk, create }) => {
      const sandbox = await create({ adapterFactory: sdk.createDefaultAdapterFactory() });
      assert.equal((await sandbox.commands.run("echo hello")).logs.stdout[0]?.text, "hello");
      await sandbox.files.writeFiles([{ path: "/tmp/factory.txt", data: "kept" }]);
      assert.equal(await sandbox.files.readFile("/tmp/factory.txt"), "kept");
      assert.equal(await sandbox.isHealthy(), true);
    },
  },
];
