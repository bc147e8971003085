import fc from "fast-check";
import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { checkTopic } from "../check-topic.js";
import { CHANGING_FIELDS, isRefusal, RICH_FIELDS, runPair, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

type Patch = Readonly<Record<string, string | null>>;

function patch(context: CheckContext, id: string, body: unknown): Promise<WireExchange> {
  return context.lifecycle.call({ method: "PATCH", path: sandboxPath(id, "/metadata"), json: body });
}

function metadataOf(answer: WireExchange): Readonly<Record<string, string>> {
  return { ...(objectOf(answer)["metadata"] as Record<string, string> | null | undefined) };
}

async function read(context: CheckContext, id: string): Promise<Readonly<Record<string, string>>> {
  return metadataOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }));
}

/** What a merge patch makes of an object of texts (RFC 7396). */
function merged(before: Readonly<Record<string, string>>, change: Patch): Readonly<Record<string, string>> {
  const after: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete after[key];
    else after[key] = value;
  }
  return after;
}

function sorted(object: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const keys = fc.constantFrom("rx-a", "rx-b", "rx.example/c", "rx-from-create", "Z_z.9");
const values = fc.oneof(fc.constant(null), fc.constantFrom("", "1", "x", "A_b-1.c", "v".repeat(63)));
const patches = fc.array(fc.dictionary(keys, values, { maxKeys: 3, noNullPrototype: true }), {
  minLength: 1,
  maxLength: 6,
});

/** Patching metadata (`lifecycle.md` 4). */
export const metadataChecks = checkTopic(
  { part: "lifecycle", topic: "metadata", group: "lifecycle", capability: "core" },
  {
    "merge-patch": {
      title: "any sequence of patches gives what merge patches give; what was removed stays removed",
      clauses: ["lifecycle.metadata.patch", "lifecycle.metadata.empty", "L14"],
      isProperty: true,
      async run(context) {
        const { id } = await context.sandbox({ fields: CHANGING_FIELDS });
        let model = await read(context, id);
        const [label] = runPair(context);
        context.must(model[label] !== undefined && model["rx-patched"] === "yes", {
          invariant: "create-metadata",
          expected: "the metadata of create",
          observed: model,
        });
        // Over all sequences: what one removed must not come back in a later one.
        const removed = new Set<string>();
        await context.property({
          arbitrary: patches,
          runs: { quick: 4, standard: 15, full: 100 },
          classes: (sequence) => [sequence.some((one) => Object.values(one).includes(null)) ? "removes" : "sets"],
          test: async (sequence) => {
            model = await read(context, id);
            for (const change of sequence) {
              const answer = await patch(context, id, change);
              context.must(statusOf(answer) === 200, {
                invariant: "patch-is-200",
                expected: 200,
                observed: statusOf(answer),
              });
              for (const [key, value] of Object.entries(change)) {
                if (value === null) removed.add(key);
                else removed.delete(key);
              }
              model = merged(model, change);
              const told = metadataOf(answer);
              const back = [...removed].filter((key) => key in told);
              context.must(back.length === 0, {
                clause: "L14",
                invariant: "removed-stays-removed",
                expected: [],
                observed: back,
              });
              context.must(sorted(told) === sorted(model), {
                invariant: "patched-metadata",
                expected: model,
                observed: told,
              });
            }
            const seen = await read(context, id);
            context.must(sorted(seen) === sorted(model), { invariant: "read-back", expected: model, observed: seen });
          },
        });
        context.positive("patches were read back as merged");
        const cleared = await patch(context, id, { "rx-from-create": null });
        const next = await patch(context, id, { "rx-a": "again" });
        context.must(!("rx-from-create" in metadataOf(cleared)) && !("rx-from-create" in metadataOf(next)), {
          clause: "L14",
          invariant: "removed-stays-removed",
          expected: "no rx-from-create",
          observed: metadataOf(next),
        });
        const same = await patch(context, id, {});
        context.must(statusOf(same) === 200 && sorted(metadataOf(same)) === sorted(metadataOf(next)), {
          clause: "lifecycle.metadata.empty",
          invariant: "empty-changes-nothing",
          expected: metadataOf(next),
          observed: metadataOf(same),
        });
        context.negative("a removed key is gone after later patches");
      },
    },
    refuses: {
      title:
        "values that are not text, keys and values that are not labels, and reserved keys are refused and change nothing",
      clauses: [
        "lifecycle.metadata.types",
        "lifecycle.metadata.labels",
        "lifecycle.metadata.reserved",
        "lifecycle.metadata.unknown",
      ],
      async run(context) {
        const { id } = await context.sandbox({ fields: RICH_FIELDS });
        const before = await read(context, id);
        const refused: readonly (readonly [clause: string, body: unknown])[] = [
          ["lifecycle.metadata.types", { "rx-good": "1", "rx-bad": 1 }],
          ["lifecycle.metadata.types", { "rx-bad": { a: "b" } }],
          ["lifecycle.metadata.types", { "rx-bad": true }],
          ["lifecycle.metadata.types", ["rx-bad"]],
          ["lifecycle.metadata.labels", { "rx-good": "1", "bad key": "x" }],
          ["lifecycle.metadata.labels", { "rx-good": "no label!" }],
          ["lifecycle.metadata.labels", { "rx-good": "x".repeat(64) }],
          ["lifecycle.metadata.labels", { "-rx": "x" }],
          ["lifecycle.metadata.reserved", { "opensandbox.io/id": "x" }],
          ["lifecycle.metadata.reserved", { "rx-good": "1", "opensandbox.io/id": null }],
        ];
        for (const [clause, body] of refused) {
          const answer = await patch(context, id, body);
          context.must(isRefusal(answer), {
            clause,
            invariant: "refused",
            expected: "4xx",
            observed: { body, status: statusOf(answer) },
          });
          if (clause !== "lifecycle.metadata.types")
            context.must(statusOf(answer) === 400, {
              clause,
              invariant: "refused-with-400",
              expected: 400,
              observed: { body, status: statusOf(answer) },
            });
        }
        const after = await read(context, id);
        context.must(sorted(after) === sorted(before), {
          clause: "lifecycle.metadata.labels",
          invariant: "refusal-changes-nothing",
          expected: before,
          observed: after,
        });
        context.negative(`${refused.length} patches are refused and change nothing`);
        const unknown = await patch(context, UNKNOWN_ID, { a: "b" });
        context.must(statusOf(unknown) === 404, {
          clause: "lifecycle.metadata.unknown",
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.must(before["rx-team"] === "ml", {
          invariant: "has-metadata",
          expected: "ml",
          observed: before["rx-team"] ?? null,
        });
        context.positive("its own metadata is as it was");
      },
    },
  },
);
