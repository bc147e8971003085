import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";

/** Behaviour 26: the egress policy. */
export const egressScenarios: readonly Scenario[] = [
  {
    number: 26,
    name: "the policy given at create is read back; a patch merges by target and keeps the default action; a delete goes by target; a blocked host fails a command",
    run: async ({ create }) => {
      const sandbox = await create({
        networkPolicy: {
          defaultAction: "deny",
          egress: [
            { action: "allow", target: "pypi.org" },
            { action: "allow", target: "*.example.com" },
          ],
        },
      });
      const policy = await sandbox.getEgressPolicy();
      assert.equal(policy.defaultAction, "deny");
      assert.deepEqual(policy.egress, [
        { action: "allow", target: "pypi.org" },
        { action: "allow", target: "*.example.com" },
      ]);

      await sandbox.patchEgressRules([
        { action: "deny", target: "pypi.org" },
        { action: "allow", target: "registry.npmjs.org" },
      ]);
      const patched = await sandbox.getEgressPolicy();
      assert.equal(patched.defaultAction, "deny");
      const actions = Object.fromEntries((patched.egress ?? []).map(({ action, target }) => [target, action]));
      assert.deepEqual(actions, { "pypi.org": "deny", "registry.npmjs.org": "allow", "*.example.com": "allow" });

      await sandbox.deleteEgressRules(["pypi.org", "never-there.test"]);
      const reduced = await sandbox.getEgressPolicy();
      assert.equal(reduced.defaultAction, "deny");
      assert.deepEqual((reduced.egress ?? []).map(({ target }) => target).sort(), [
        "*.example.com",
        "registry.npmjs.org",
      ]);

      const fetchExample = async (): Promise<number | null | undefined> =>
        (await sandbox.commands.run("curl -s -m 20 -o /dev/null http://example.com/")).exitCode;
      assert.notEqual(await fetchExample(), 0);
      await sandbox.patchEgressRules([{ action: "allow", target: "example.com" }]);
      assert.equal(await fetchExample(), 0);
    },
  },
];
