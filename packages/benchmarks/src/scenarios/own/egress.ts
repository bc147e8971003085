import assert from "node:assert/strict";
import { exitCode, type CredentialAuth } from "@rxsandbox/client";
import { concat, ignoreElements, map, switchMap, tap } from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";

/** Behaviours 26 and 27: the egress policy and the credential vault. */
export const ownEgressScenarios: readonly OwnScenario[] = [
  {
    number: 26,
    name: "the policy given at create is read back; a patch merges by target and keeps the default action; a delete goes by target; a blocked host fails a command",
    run: ({ client }) => {
      const egress = [
        { action: "allow", target: "pypi.org" },
        { action: "allow", target: "*.example.com" },
      ] as const;
      return client.withSandbox(
        { image: "python:3.11", networkPolicy: { defaultAction: "deny", egress } },
        (sandbox) => {
          const rules = sandbox
            .getEgressPolicy()
            .pipe(
              map((policy) => [
                policy.defaultAction,
                Object.fromEntries(policy.egress.map(({ action, target }) => [target, action])),
              ]),
            );
          const fetchExample = sandbox.commands.run("curl -s -m 20 -o /dev/null http://example.com/").pipe(exitCode());
          return concat(
            expectValue(sandbox.getEgressPolicy(), { defaultAction: "deny", egress }),
            sandbox.patchEgressRules([
              { action: "deny", target: "pypi.org" },
              { action: "allow", target: "registry.npmjs.org" },
            ]),
            expectValue(rules, [
              "deny",
              { "pypi.org": "deny", "registry.npmjs.org": "allow", "*.example.com": "allow" },
            ]),
            sandbox.deleteEgressRules(["PyPI.org", "*.example.com", "unknown.example"]),
            expectValue(rules, ["deny", { "registry.npmjs.org": "allow" }]),
            fetchExample.pipe(tap((code) => assert.notEqual(code, 0))),
            sandbox.patchEgressRules([{ action: "allow", target: "example.com" }]),
            expectValue(fetchExample, 0),
          );
        },
      );
    },
  },
  {
    number: 27,
    name: "a vault takes four kinds of auth, shows no secret, counts its revisions and guards them; credentials and bindings are added, replaced and deleted",
    run: ({ client }) => {
      const networkPolicy = { egress: [{ action: "allow" as const, target: "*.example.com" }] };
      const auths: readonly CredentialAuth[] = [
        { type: "bearer", credential: "token" },
        { type: "basic", credential: "login" },
        { type: "apiKey", name: "x-api-key", credential: "token" },
        {
          type: "customHeaders",
          headers: [
            { name: "x-one", credential: "token" },
            { name: "x-two", credential: "login" },
          ],
        },
      ];
      const bindings = auths.map((auth, index) => ({
        name: `b${index}`,
        match: { hosts: [`h${index}.example.com`] },
        auth,
      }));
      const credentials = [
        { name: "token", source: { value: "s3cret-token" } },
        { name: "login", source: { value: "czNjcmV0LWxvZ2lu" } },
      ];
      return client.withSandbox(
        { image: "python:3.11", networkPolicy, credentialProxy: { enabled: true } },
        ({ credentialVault: vault }) =>
          concat(
            vault.create({ credentials, bindings }).pipe(
              tap((state) => {
                assert.equal(state.revision, 1);
                assert.deepEqual(
                  state.bindings.map(({ auth }) => auth?.type),
                  ["bearer", "basic", "apiKey", "customHeaders"],
                );
                assert.doesNotMatch(JSON.stringify(state), /s3cret-token|czNjcmV0LWxvZ2lu/);
              }),
            ),
            expectError(() => vault.create({}), "conflict"),
            vault
              .patch({
                expectedRevision: 1,
                credentials: { replace: [{ name: "token", source: { value: "s3cret-second" } }] },
                bindings: { delete: ["b1", "b3"] },
              })
              .pipe(tap(({ revision }) => assert.equal(revision, 2))),
            expectError(() => vault.patch({ expectedRevision: 1 }), "conflict"),
            expectValue(
              vault
                .patch({
                  expectedRevision: 2,
                  credentials: { delete: ["login"], add: [{ name: "more", source: { value: "s3cret-more" } }] },
                })
                .pipe(map(({ revision }) => revision)),
              3,
            ),
            expectValue(vault.listCredentials(), [
              { name: "more", sourceType: "inline", revision: 3 },
              { name: "token", sourceType: "inline", revision: 2 },
            ]),
            expectValue(vault.getBinding("b2").pipe(map(({ revision, auth }) => [revision, auth?.name])), [
              3,
              "X-Api-Key",
            ]),
            expectError(() => vault.getCredential("login"), "not-found"),
            vault.delete(),
            expectError(() => vault.get(), "not-found"),
          ).pipe(
            ignoreElements(),
            switchMap(() => []),
          ),
      );
    },
  },
];
