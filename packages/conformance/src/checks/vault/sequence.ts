import fc from "fast-check";
import { checkTopic } from "../check-topic.js";
import { binding, readingOf, withVault } from "./with-vault.js";

const CREDENTIALS = ["c1", "c2", "c3", "c4"] as const;
const BINDINGS = ["b1", "b2", "b3"] as const;
/** Whether a part of a change fits what the vault has then. */
const fits = fc.oneof({ weight: 7, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });

/** One change: no name is mentioned twice, and something is asked for. */
const change = fc.record({
  expected: fc.constantFrom("none" as const, "current" as const, "current" as const, "stale" as const),
  credentials: fc.uniqueArray(fc.record({ name: fc.constantFrom(...CREDENTIALS), fits, isDelete: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ name }) => name,
  }),
  bindings: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...BINDINGS),
      fits,
      isDelete: fc.boolean(),
      credential: fc.constantFrom(...CREDENTIALS),
    }),
    { maxLength: 2, selector: ({ name }) => name },
  ),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Operation = "add" | "replace" | "delete";

interface Model {
  readonly credentials: ReadonlySet<string>;
  /** Credential by binding. */
  readonly bindings: ReadonlyMap<string, string>;
}

/** What a change asks for: what fits is possible, what does not is not. */
function operationOf(isKnown: boolean, part: { readonly fits: boolean; readonly isDelete: boolean }): Operation {
  return isKnown === part.fits ? (part.isDelete ? "delete" : "replace") : "add";
}

/** What a vault has after a change; `undefined` where it is refused as a whole. */
function changed(model: Model, { credentials, bindings }: Change): Model | undefined {
  const known = new Set(model.credentials);
  const bound = new Map(model.bindings);
  if ([...credentials, ...bindings].some((part) => !part.fits)) return undefined;
  for (const part of credentials) {
    if (operationOf(known.has(part.name), part) === "delete") known.delete(part.name);
    else known.add(part.name);
  }
  for (const part of bindings) {
    if (operationOf(bound.has(part.name), part) === "delete") bound.delete(part.name);
    else bound.set(part.name, part.credential);
  }
  return [...bound.values()].every((credential) => known.has(credential))
    ? { credentials: known, bindings: bound }
    : undefined;
}

/** Sequences of changes against the model of a vault (`egress.md` 4.5). */
export const vaultSequenceChecks = checkTopic(
  { part: "egress", topic: "vault-sequence", group: "vault", capability: "vault" },
  {
    model: {
      title:
        "any sequence of changes leaves what the model has, and the revision grows with those that are taken alone",
      clauses: ["egress.vault.revision", "egress.vault.atomic"],
      isProperty: true,
      async run(context) {
        await context.property({
          arbitrary: fc.array(change, { minLength: 2, maxLength: context.size(6, 12, 30) }),
          runs: { quick: 2, standard: 8, full: 40 },
          classes: (steps) => (steps.some(({ expected }) => expected === "stale") ? ["stale"] : []),
          test: (steps) =>
            withVault(context, async (vault) => {
              let { revision } = readingOf(await vault.create([vault.credential("c1")]));
              let model: Model = { credentials: new Set(["c1"]), bindings: new Map() };
              for (const step of steps) {
                const { credentials: known, bindings: bound } = model;
                const credentials = (what: Operation) =>
                  step.credentials
                    .filter((part) => operationOf(known.has(part.name), part) === what)
                    .map(({ name }) => (what === "delete" ? name : vault.credential(name)));
                const bindings = (what: Operation) =>
                  step.bindings
                    .filter((part) => operationOf(bound.has(part.name), part) === what)
                    .map(({ name, credential }) =>
                      what === "delete" ? name : binding(name, credential, vault.host(name)),
                    );
                const answer = readingOf(
                  await vault.call("PATCH", {
                    ...(step.expected === "none"
                      ? {}
                      : { expectedRevision: step.expected === "current" ? revision : revision + 7 }),
                    credentials: {
                      add: credentials("add"),
                      replace: credentials("replace"),
                      delete: credentials("delete"),
                    },
                    bindings: { add: bindings("add"), replace: bindings("replace"), delete: bindings("delete") },
                  }),
                );
                const next = step.expected === "stale" ? undefined : changed(model, step);
                // A stale change may be refused for what it asks for as well.
                const isRefused =
                  next === undefined &&
                  (step.expected === "stale" ? [400, 409].includes(answer.status) : answer.status === 400);
                context.must(next === undefined ? isRefused : answer.status === 200, {
                  clause: step.expected === "stale" ? "egress.vault.revision" : "egress.vault.atomic",
                  invariant: "outcome",
                  expected: next === undefined ? "a refusal" : 200,
                  observed: answer.status,
                });
                model = next ?? model;
                const state = await vault.state();
                const expected = [[...model.credentials].sort(), [...model.bindings.keys()].sort()];
                context.must(JSON.stringify([state.credentials, state.bindings]) === JSON.stringify(expected), {
                  clause: "egress.vault.atomic",
                  invariant: "state",
                  expected,
                  observed: state,
                });
                context.must(next === undefined ? state.revision === revision : state.revision > revision, {
                  invariant: "revision",
                  expected: next === undefined ? revision : `more than ${revision}`,
                  observed: state.revision,
                });
                revision = state.revision;
              }
            }),
        });
        context.positive("every vault was the model's");
        context.negative("refused changes left it alone");
      },
    },
  },
);
