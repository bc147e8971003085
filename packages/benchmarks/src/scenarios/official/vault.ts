import assert from "node:assert/strict";
import type { Scenario } from "../scenario.js";
import { rejection } from "./rejection.js";

/** Behaviour 27: the credential vault, as far as its API goes. */
export const vaultScenarios: readonly Scenario[] = [
  {
    number: 27,
    name: "a vault takes four kinds of auth, shows no secret, counts revisions and guards them",
    run: async ({ sdk, create }) => {
      const hosts = ["bearer", "basic", "key", "custom", "later"].map((kind) => `${kind}.example.com`);
      const { credentialVault } = await create({
        networkPolicy: { defaultAction: "deny", egress: hosts.map((target) => ({ action: "allow", target })) },
        credentialProxy: { enabled: true },
      });
      const secret = (name: string) => ({ name, source: { type: "inline" as const, value: `SECRET-OF-${name}` } });
      const match = (kind: string) => ({ hosts: [`${kind}.example.com`] });
      const created = await credentialVault.create({
        credentials: [secret("a"), secret("b")],
        bindings: [
          { name: "bearer", match: match("bearer"), auth: { type: "bearer", credential: "a" } },
          { name: "basic", match: match("basic"), auth: { type: "basic", credential: "b" } },
          { name: "key", match: match("key"), auth: { type: "apiKey", name: "x-api-key", credential: "a" } },
          {
            name: "custom",
            match: match("custom"),
            auth: {
              type: "customHeaders",
              headers: [
                { name: "X-One", credential: "a" },
                { name: "X-Two", credential: "b" },
              ],
            },
          },
        ],
      });
      assert.equal(created.revision, 1);
      assert.deepEqual(
        created.credentials.map(({ name }) => name),
        ["a", "b"],
      );
      assert.deepEqual(Object.fromEntries(created.bindings.map(({ name, auth }) => [name, auth?.type])), {
        bearer: "bearer",
        basic: "basic",
        key: "apiKey",
        custom: "customHeaders",
      });

      const patched = await credentialVault.patch({
        expectedRevision: 1,
        credentials: { replace: [secret("a")], add: [secret("c")] },
        bindings: {
          delete: ["basic"],
          add: [{ name: "later", match: match("later"), auth: { type: "bearer", credential: "c" } }],
        },
      });
      assert.equal(patched.revision, 2);
      assert.deepEqual(
        patched.bindings.map(({ name }) => name),
        ["bearer", "custom", "key", "later"],
      );
      const stale = await rejection(credentialVault.patch({ expectedRevision: 1, credentials: { delete: ["b"] } }));
      assert.ok(stale instanceof sdk.SandboxApiException);
      assert.equal(stale.statusCode, 409);

      const state = await credentialVault.get();
      assert.equal(state.revision, 2);
      assert.deepEqual(
        (await credentialVault.listCredentials()).map(({ name, revision }) => [name, revision]),
        [
          ["a", 2],
          ["b", 1],
          ["c", 2],
        ],
      );
      assert.deepEqual(
        (await credentialVault.listBindings()).map(({ name }) => name),
        state.bindings.map(({ name }) => name),
      );
      assert.equal((await credentialVault.getCredential("c")).revision, 2);
      assert.equal((await credentialVault.getBinding("later")).name, "later");
      assert.doesNotMatch(JSON.stringify([created, patched, state, stale.message]), /SECRET/);

      await credentialVault.delete();
      const gone = await rejection(credentialVault.get());
      assert.ok(gone instanceof sdk.SandboxApiException);
      assert.equal(gone.statusCode, 404);
    },
  },
];
