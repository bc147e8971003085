import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";
import { rejection } from "./rejection.js";

const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** Behaviours 6, 7, 9, 10: what goes wrong, and the manager. */
export const lifecycleErrorScenarios: readonly Scenario[] = [
  {
    number: 6,
    name: "a readiness timeout names the cause, the address and the access mode",
    run: async ({ sdk, create, connection }) => {
      const error = await rejection(
        create({ healthCheck: () => false, readyTimeoutSeconds: 1, healthCheckPollingInterval: 100 }),
      );
      assert.ok(error instanceof sdk.SandboxReadyTimeoutException);
      assert.match(error.message, /Sandbox health check timed out/);
      assert.match(error.message, /returned false continuously/);
      assert.match(error.message, /domain=/);
      assert.match(error.message, new RegExp(`useServerProxy=${connection.useServerProxy === true}`));

      const failing = create({ healthCheck: () => Promise.reject(new Error("probe broke")), readyTimeoutSeconds: 1 });
      assert.match((await rejection(failing)).message, /probe broke/);
    },
  },
  {
    number: 7,
    name: "the manager lists by state and metadata, patches metadata, and rejects unknown ids",
    run: async ({ sdk, create, manager }) => {
      const run = `run-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
      const first = await create({ metadata: { run, team: "ml" } });
      const second = await create({ metadata: { run, team: "ui" } });
      const admin = manager();
      await admin.pauseSandbox(second.id);

      const ids = async (filter: Parameters<typeof admin.listSandboxInfos>[0]): Promise<string[]> =>
        (await admin.listSandboxInfos(filter)).items.map(({ id }) => id).sort();
      const both = [first.id, second.id].sort();
      assert.deepEqual(await ids({ metadata: { run } }), both);
      assert.deepEqual(await ids({ metadata: { run }, states: ["Running", "Paused"] }), both);
      assert.deepEqual(await ids({ metadata: { run }, states: ["Paused"] }), [second.id]);
      assert.deepEqual(await ids({ metadata: { run, team: "ml" } }), [first.id]);
      assert.deepEqual(await ids({ metadata: { run, team: "ops" } }), []);
      const page = await admin.listSandboxInfos({ metadata: { run }, pageSize: 1 });
      assert.equal(page.items.length, 1);
      assert.equal(page.pagination?.totalItems, 2);
      assert.equal(page.pagination?.hasNextPage, true);

      const patched = await admin.patchSandboxMetadata(first.id, { team: null, stage: "2" });
      assert.deepEqual(patched.metadata, { run, stage: "2" });
      assert.deepEqual((await admin.getSandboxInfo(first.id)).metadata, { run, stage: "2" });

      await admin.resumeSandbox(second.id);
      await admin.renewSandbox(second.id, 300);
      await admin.killSandbox(second.id);
      assert.deepEqual(await ids({ metadata: { run } }), [first.id]);

      for (const call of [
        admin.getSandboxInfo(UNKNOWN_ID),
        admin.pauseSandbox(UNKNOWN_ID),
        admin.resumeSandbox(UNKNOWN_ID),
        admin.killSandbox(UNKNOWN_ID),
        admin.renewSandbox(UNKNOWN_ID, 300),
      ]) {
        const error = await rejection(call);
        assert.ok(error instanceof sdk.SandboxApiException);
        assert.equal(error.statusCode, 404);
        assert.match(error.error.code, /SANDBOX_NOT_FOUND$/);
      }
    },
  },
  {
    number: 9,
    name: "a caller's X-Request-ID appears on the error",
    run: async ({ sdk, connection, defer }) => {
      const requestId = "caller-4711";
      const manager = sdk.SandboxManager.create({
        connectionConfig: { ...connection, headers: { "X-Request-ID": requestId } },
      });
      defer(() => manager.close());
      const error = await rejection(manager.getSandboxInfo(UNKNOWN_ID));
      assert.ok(error instanceof sdk.SandboxApiException);
      assert.equal(error.requestId, requestId);
    },
  },
  {
    number: 10,
    name: "a volume has exactly one backend and an absolute host path; a named one is shared and can be read-only",
    run: async ({ create }) => {
      const mountPath = "/mnt/data";
      assert.match((await rejection(create({ volumes: [{ name: "v", mountPath }] }))).message, /exactly one backend/);
      const two = { name: "v", mountPath, host: { path: "/data" }, pvc: { claimName: "c" } };
      assert.match((await rejection(create({ volumes: [two] }))).message, /multiple were provided/);
      assert.match(
        (await rejection(create({ volumes: [{ name: "v", mountPath, host: { path: "data" } }] }))).message,
        /absolute path/,
      );

      const claimName = `claim-${Math.random().toString(36).slice(2, 10)}`;
      const pvc = { claimName, deleteOnSandboxTermination: true };
      const writer = await create({ volumes: [{ name: "data", mountPath, pvc }] });
      const write = await writer.commands.run(`mkdir -p ${mountPath}/sub && echo shared > ${mountPath}/sub/a.txt`);
      assert.equal(write.exitCode, 0, write.logs.stderr.map(({ text }) => text).join());

      const reader = await create({ volumes: [{ name: "data", mountPath, pvc, readOnly: true, subPath: "sub" }] });
      assert.equal((await reader.commands.run(`cat ${mountPath}/a.txt`)).logs.stdout[0]?.text, "shared");
      assert.notEqual((await reader.commands.run(`echo no > ${mountPath}/b.txt`)).exitCode, 0);
    },
  },
];
