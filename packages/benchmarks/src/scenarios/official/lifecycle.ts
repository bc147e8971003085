import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";
import { poll } from "./poll.js";
import { rejection } from "./rejection.js";

/** Behaviours 1 to 5, 8: one sandbox from create to kill. */
export const lifecycleScenarios: readonly Scenario[] = [
  {
    number: 1,
    name: "create with image, entrypoint, env, metadata, limits and TTL, ready by ping",
    run: async ({ create }) => {
      const sandbox = await create({
        image: { uri: "python:3.11" },
        entrypoint: ["tail", "-f", "/dev/null"],
        env: { GREETING: "hello" },
        metadata: { team: "ml" },
        resource: { cpu: "500m", memory: "256Mi" },
        timeoutSeconds: 300,
        readyTimeoutSeconds: 20,
        healthCheckPollingInterval: 50,
      });
      const { logs } = await sandbox.commands.run('echo "$GREETING"');
      assert.equal(logs.stdout[0]?.text, "hello");
    },
  },
  {
    number: 2,
    name: "healthy after create, not healthy while paused",
    run: async ({ create, connection }) => {
      const sandbox = await create({ connectionConfig: { ...connection, requestTimeoutSeconds: 2 } });
      assert.equal(await sandbox.isHealthy(), true);
      await sandbox.pause();
      assert.equal(await sandbox.isHealthy(), false);
    },
  },
  {
    number: 3,
    name: "info echoes id, state, entrypoint and metadata; expiry by TTL, default and manual cleanup",
    run: async ({ create }) => {
      const sandbox = await create({ entrypoint: ["sleep", "infinity"], metadata: { team: "ml", stage: "dev" } });
      const info = await sandbox.getInfo();
      assert.equal(info.id, sandbox.id);
      assert.equal(info.status.state, "Running");
      assert.deepEqual(info.entrypoint, ["sleep", "infinity"]);
      assert.deepEqual(info.metadata, { team: "ml", stage: "dev" });
      assert.ok(info.createdAt instanceof Date);
      assert.ok(info.expiresAt instanceof Date);
      assertSeconds(info.expiresAt.getTime() - info.createdAt.getTime(), 120);

      const manual = await (await create({ timeoutSeconds: null })).getInfo();
      assert.equal(manual.expiresAt, null);

      const byDefault = await (await create({ timeoutSeconds: undefined as never })).getInfo();
      assertSeconds((byDefault.expiresAt?.getTime() ?? 0) - byDefault.createdAt.getTime(), 600);
    },
  },
  {
    number: 4,
    name: "endpoints have no scheme and name the port",
    run: async ({ sdk, create, connection }) => {
      const sandbox = await create({ networkPolicy: { defaultAction: "allow" } });
      for (const port of [sdk.DEFAULT_EXECD_PORT, sdk.DEFAULT_EGRESS_PORT]) {
        const { endpoint } = await sandbox.getEndpoint(port);
        assert.doesNotMatch(endpoint, /:\/\//);
        assert.match(endpoint, /:\d+|\/\d+$/);
        if (connection.useServerProxy === true)
          assert.ok(endpoint.includes(`/sandboxes/${sandbox.id}/proxy/${port}`), endpoint);
        assert.equal(await sandbox.getEndpointUrl(port), `http://${endpoint}`);
      }
    },
  },
  {
    number: 5,
    name: "renew moves the expiry; connect by id gives an equal handle",
    run: async ({ sdk, create, connection, defer }) => {
      const sandbox = await create();
      const { expiresAt } = await sandbox.renew(1800);
      assert.ok(expiresAt instanceof Date);
      assertSeconds(expiresAt.getTime() - Date.now(), 1800);
      assert.equal((await sandbox.getInfo()).expiresAt?.getTime(), expiresAt.getTime());

      const again = await sdk.Sandbox.connect({ connectionConfig: connection, sandboxId: sandbox.id });
      defer(() => again.close());
      assert.equal(again.id, sandbox.id);
      assert.equal((await again.commands.run("echo again")).logs.stdout[0]?.text, "again");
    },
  },
  {
    number: 8,
    name: "pause reaches Paused, resume gives a handle that works, kill ends it",
    run: async ({ create, defer }) => {
      const sandbox = await create();
      await sandbox.commands.run("echo kept > state.txt");
      await sandbox.pause();
      await poll(
        async () => (await sandbox.getInfo()).status.state,
        (state) => state === "Paused",
      );
      const resumed = await sandbox.resume();
      defer(() => resumed.close());
      assert.equal((await resumed.getInfo()).status.state, "Running");
      assert.equal((await resumed.commands.run("cat state.txt")).logs.stdout[0]?.text, "kept");
      await resumed.kill();
      await rejection(resumed.getInfo());
    },
  },
];

/** Clocks and rounding may cost a few seconds, not more. */
function assertSeconds(ms: number, seconds: number): void {
  assert.ok(Math.abs(ms - seconds * 1000) < 10_000, `${ms} ms is not about ${seconds} s`);
}
