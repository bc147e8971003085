import { firstValueFrom } from "rxjs";
import fc from "fast-check";
import { createClient } from "@rxsandbox/client";
import { createEgressSidecar, startReferenceServer } from "@rxsandbox/reference-server";
import { describe, expect, it } from "vitest";

import { askInMemory, type AskSidecar } from "./egress-model/in-memory-sidecar.js";
import { changePolicy, modeOf, type ModelPolicy, type PolicyStep } from "./egress-model/policy-model.js";
import { changeVault, type ModelChanges, type ModelVault, type VaultStep } from "./egress-model/vault-model.js";

const TOKEN = "model-egress-token";
const MAX_RULES = 6;

/** Few names, so that changes meet; both cases, padding, wildcards, trailing dots, addresses, blanks. */
const target = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom("a.com", "A.com", "b.com", "*.b.com", "*.B.COM", "c.com.", "10.0.0.1", "10.0.0.0/8"),
  },
  { weight: 2, arbitrary: fc.constantFrom(" a.com", "b.com\t", " *.b.com ") },
  { weight: 1, arbitrary: fc.constantFrom("", " ") },
);
const rule = fc.record({ action: fc.constantFrom("allow" as const, "deny" as const), target });
const policyStep: fc.Arbitrary<PolicyStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("patch" as const), rules: fc.array(rule, { maxLength: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), targets: fc.array(target, { maxLength: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("replace" as const),
      policy: fc.record({
        defaultAction: fc.constantFrom("allow" as const, "deny" as const),
        rules: fc.array(rule, { maxLength: 7 }),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "reset" as const }) },
);

const credential = fc.constantFrom("t", "u", "v");
const binding = fc.tuple(fc.constantFrom("a", "b", "c"), credential);
/** Most lists are empty, so that some changes are possible ones. */
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(item, { maxLength: 2 }) });
const changesOf = (
  name: fc.Arbitrary<string>,
  item: fc.Arbitrary<readonly [string, string]>,
): fc.Arbitrary<ModelChanges> => fc.record({ delete: few(name), replace: few(item), add: few(item) });
const credentialChanges = changesOf(credential, fc.tuple(credential, credential));
const bindingChanges = changesOf(fc.constantFrom("a", "b", "c"), binding);
const vaultStep: fc.Arbitrary<VaultStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      credentials: fc.array(credential, { maxLength: 3 }),
      bindings: fc.array(binding, { maxLength: 2 }),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        kind: fc.constant("patch" as const),
        expected: fc.constantFrom(0, 0, 0, -1, 1),
        credentials: credentialChanges,
        bindings: bindingChanges,
      },
      { requiredKeys: ["kind", "credentials", "bindings"] },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "delete" as const }) },
);

async function followPolicy(ask: AskSidecar, steps: readonly PolicyStep[], maxRules: number): Promise<number> {
  let model: ModelPolicy = { defaultAction: "deny", rules: [] };
  let accepted = 0;
  for (const step of steps) {
    const next = changePolicy(model, step, maxRules);
    model = next.policy;
    if (next.status === 200) accepted += 1;
    const [method, body] =
      step.kind === "patch"
        ? (["PATCH", step.rules] as const)
        : step.kind === "delete"
          ? (["DELETE", step.targets] as const)
          : ([
              "POST",
              step.kind === "reset"
                ? undefined
                : { defaultAction: step.policy.defaultAction, egress: step.policy.rules },
            ] as const);
    expect({
      step,
      status: (await ask(method, "/policy", body === undefined ? undefined : JSON.stringify(body))).status,
    }).toEqual({ step, status: next.status });
    const shown = JSON.parse((await ask("GET", "/policy")).text) as {
      mode: string;
      policy: { defaultAction: string; egress: unknown[] | null };
    };
    expect({
      step,
      mode: shown.mode,
      defaultAction: shown.policy.defaultAction,
      rules: shown.policy.egress ?? [],
    }).toEqual({ step, mode: modeOf(model), ...model });
  }
  return accepted;
}

const sourceOf = (name: string): object => ({ name, source: { type: "inline", value: `value-of-${name}` } });
/** A host of its own for each, so that no two bindings can meet. */
const bindingOf = ([name, credentialName]: readonly [string, string]): object => ({
  name,
  match: { hosts: [`${name}.model.example`] },
  auth: { type: "bearer", credential: credentialName },
});

async function followVault(ask: AskSidecar, steps: readonly VaultStep[]): Promise<number> {
  let model: ModelVault | undefined;
  let accepted = 0;
  for (const step of steps) {
    const before = model;
    const next = changeVault(model, step);
    model = next.vault;
    if (next.status < 300) accepted += 1;
    const answer = await sendVaultStep(ask, step, before);
    expect({ step, status: answer.status, text: next.status < 300 ? "" : answer.text }).toEqual({
      step,
      status: next.status,
      text: next.status < 300 ? "" : answer.text,
    });
    const shown = await ask("GET", "/credential-vault");
    expect(shown.text + answer.text).not.toContain("value-of");
    if (model === undefined) {
      expect(shown.status).toBe(404);
      continue;
    }
    const { revision, credentials, bindings } = JSON.parse(shown.text) as {
      revision: number;
      credentials: { name: string; revision: number }[];
      bindings: { name: string; revision: number }[];
    };
    expect(revision).toBe(model.revision);
    expect(credentials.map(({ name, revision: own }) => [name, own])).toEqual(Object.entries(model.credentials).sort());
    expect(bindings.map(({ name, revision: own }) => [name, own])).toEqual(
      Object.keys(model.bindings)
        .sort()
        .map((name) => [name, revision]),
    );
  }
  return accepted;
}

function sendVaultStep(ask: AskSidecar, step: VaultStep, vault: ModelVault | undefined): ReturnType<AskSidecar> {
  if (step.kind === "delete") return ask("DELETE", "/credential-vault");
  if (step.kind === "create")
    return ask(
      "POST",
      "/credential-vault",
      JSON.stringify({ credentials: step.credentials.map(sourceOf), bindings: step.bindings.map(bindingOf) }),
    );
  const sent = {
    ...(step.expected !== undefined && { expectedRevision: (vault?.revision ?? 1) + step.expected }),
    credentials: {
      delete: step.credentials.delete,
      replace: step.credentials.replace.map(([name]) => sourceOf(name)),
      add: step.credentials.add.map(([name]) => sourceOf(name)),
    },
    bindings: {
      delete: step.bindings.delete,
      replace: step.bindings.replace.map(bindingOf),
      add: step.bindings.add.map(bindingOf),
    },
  };
  return ask("PATCH", "/credential-vault", JSON.stringify(sent));
}

const policySteps = fc.array(policyStep, { minLength: 1, maxLength: 12 });
/** Most begin with a vault to change. */
const vaultSteps = fc
  .tuple(
    fc.constantFrom<readonly VaultStep[]>(
      [],
      [{ kind: "create", credentials: ["t"], bindings: [] }],
      [
        {
          kind: "create",
          credentials: ["u", "t"],
          bindings: [
            ["a", "t"],
            ["c", "u"],
          ],
        },
      ],
    ),
    fc.array(vaultStep, { minLength: 1, maxLength: 10 }),
  )
  .map(([first, rest]) => [...first, ...rest]);
const vaultPolicy = { egress: [{ action: "allow", target: "*.model.example" }] };

describe("createEgressSidecar", () => {
  it("for any sequence of policy changes, has the policy of the model", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(policySteps, async (steps) => {
        accepted += await followPolicy(
          askInMemory(
            createEgressSidecar({ token: TOKEN, policy: {}, profile: "opensandbox", maxRules: MAX_RULES }),
            TOKEN,
          ),
          steps,
          MAX_RULES,
        );
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(1500);
  }, 60_000);

  it("for any sequence of vault changes, has the vault of the model", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(vaultSteps, async (steps) => {
        accepted += await followVault(
          askInMemory(
            createEgressSidecar({ token: TOKEN, policy: vaultPolicy, profile: "opensandbox", interception: {} }),
            TOKEN,
          ),
          steps,
        );
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(1500);
  }, 60_000);
});

describe("the sidecar of a running sandbox", () => {
  it("for any sequence of changes, has the policy and the vault of the models", async () => {
    const server = await startReferenceServer({ advertise: false });
    const client = createClient({ domain: server.domain, apiKey: server.apiKey });
    try {
      const sandbox = await firstValueFrom(
        client.create({ image: "any", networkPolicy: {}, credentialProxy: { enabled: true } }),
      );
      const { url, headers } = await firstValueFrom(sandbox.getEndpoint(18080));
      const ask: AskSidecar = async (method, path, body) => {
        const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });
        return { status: response.status, text: await response.text() };
      };
      await fc.assert(
        fc.asyncProperty(policySteps, vaultSteps, async (policy, vault) => {
          await ask("DELETE", "/credential-vault");
          await ask("POST", "/policy");
          await followPolicy(ask, policy, 4096);
          await ask("POST", "/policy", JSON.stringify(vaultPolicy));
          await followVault(ask, vault);
        }),
        { numRuns: 15 },
      );
    } finally {
      await client.close();
      await server.close();
    }
  }, 120_000);
});
