import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { checkTopic } from "../check-topic.js";
import { lifecycleSequences, type LifecycleStep, MODEL_KEY, type ModelSandbox, outcomeOf } from "./lifecycle-model.js";
import { awaitState, list, metadataQuery, runPair, sandboxPath, stateOf } from "./sandbox-calls.js";

interface Slot {
  id: string;
  model: ModelSandbox | undefined;
}

/** Both commands that change the state, each when it is due and when it is not; chance alone might leave one out. */
const PAUSE_AND_RESUME: readonly LifecycleStep[] = (["resume", "pause", "pause", "resume"] as const).map((verb) => ({
  verb,
  slot: 0,
  amount: 1,
}));

/** States that may be seen on the way, besides the one that is required (`lifecycle.md` 6). */
const TRANSITIONAL = ["Pending", "Pausing", "Resuming", "Stopping", "Allocated", "Unknown"];

function act(
  context: CheckContext,
  { verb, amount }: LifecycleStep,
  id: string,
  renewals: number,
): Promise<WireExchange> {
  const { lifecycle } = context;
  switch (verb) {
    case "pause":
    case "resume":
      return lifecycle.call({ method: "POST", path: sandboxPath(id, `/${verb}`) });
    case "renew":
      // Later each time, so that it always extends.
      return lifecycle.call({
        method: "POST",
        path: sandboxPath(id, "/renew-expiration"),
        json: { expiresAt: new Date(Date.now() + 10_800_000 + renewals * 3_600_000).toISOString() },
      });
    case "set-metadata":
      return lifecycle.call({
        method: "PATCH",
        path: sandboxPath(id, "/metadata"),
        json: { [MODEL_KEY]: `v${amount}` },
      });
    case "remove-metadata":
      return lifecycle.call({ method: "PATCH", path: sandboxPath(id, "/metadata"), json: { [MODEL_KEY]: null } });
    case "delete":
      return lifecycle.call({ method: "DELETE", path: sandboxPath(id) });
    case "read":
    case "list":
    case "create":
      return lifecycle.call({ method: "GET", path: sandboxPath(id) });
  }
}

/** Compares what the server shows of a sandbox with the model, transitional states waited out. */
async function compare(context: CheckContext, { id, model }: Slot, what: string): Promise<void> {
  const wanted = model === undefined ? ["gone", "Terminated"] : [model.state];
  let answer = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
  const first = stateOf(answer) ?? "none";
  if (!wanted.includes(first) && (TRANSITIONAL.includes(first) || (model === undefined && first === "Failed"))) {
    await awaitState(context, id, wanted);
    answer = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
  }
  context.must(wanted.includes(stateOf(answer) ?? "none"), {
    invariant: "commanded-outcome",
    expected: { what, state: wanted[0] },
    observed: { first, state: stateOf(answer) ?? null },
  });
  if (model === undefined) return;
  const metadata = (objectOf(answer)["metadata"] ?? {}) as Readonly<Record<string, string>>;
  context.must(metadata[MODEL_KEY] === model.metadata[MODEL_KEY], {
    clause: "lifecycle.metadata.patch",
    invariant: "metadata-in-sequence",
    expected: model.metadata[MODEL_KEY] ?? null,
    observed: metadata[MODEL_KEY] ?? null,
  });
}

/** The life of sandboxes as a whole (`lifecycle.md` 6). */
export const stateChecks = checkTopic(
  { part: "lifecycle", topic: "states", group: "lifecycle", capability: "pause" },
  {
    "command-sequences": {
      title: "every command of any sequence has its documented outcome, and changes no other sandbox",
      clauses: ["lifecycle.states.commanded", "lifecycle.states.isolation"],
      depth: "standard",
      isProperty: true,
      deadlineMs: 900_000,
      async run(context) {
        const hasDeletes = context.depth === "full";
        const fresh = async (): Promise<Slot> => ({
          id: (await context.sandbox({ isExclusive: true, fields: { timeout: 7_200 } })).id,
          model: { state: "Running", metadata: {} },
        });
        const slots: [Slot, Slot] = [await fresh(), await fresh()];
        const seen = new Set<string>();
        let renewals = 0;
        await context.property({
          arbitrary: lifecycleSequences(context.size(8, 12, 30), hasDeletes),
          edges: [PAUSE_AND_RESUME],
          runs: { quick: 5, standard: 12, full: 100 },
          classes: (steps) => [...new Set(steps.map((step) => step.verb))],
          test: async (steps) => {
            for (const slot of slots) await reset(context, slot, fresh);
            for (const step of steps) {
              const slot = slots[step.slot];
              const other = slots[step.slot === 0 ? 1 : 0];
              if (step.verb === "create" && slot.model === undefined) Object.assign(slot, await fresh());
              const { statuses, after } = outcomeOf(step, slot.model);
              const answer = await act(context, step, slot.id, (renewals += 1));
              context.must(statuses.includes(statusOf(answer)), {
                invariant: "status-in-sequence",
                expected: { step, statuses },
                observed: [statusOf(answer), textOf(answer).slice(0, 100)],
              });
              slot.model = after;
              seen.add(`${step.verb}:${statusOf(answer) < 300 ? "done" : "refused"}`);
              await compare(context, slot, step.verb);
              if (step.verb === "list") await compareList(context, slots);
              const others =
                stateOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(other.id) })) ?? "none";
              context.must(
                others === (other.model?.state ?? "gone") || (other.model === undefined && others === "Terminated"),
                {
                  clause: "lifecycle.states.isolation",
                  invariant: "other-unchanged",
                  expected: other.model?.state ?? "gone",
                  observed: others,
                },
              );
            }
          },
        });
        context.positive(`legal commands were done: ${[...seen].filter((one) => one.endsWith("done")).join(", ")}`);
        context.negative(`illegal ones were refused: ${[...seen].filter((one) => one.endsWith("refused")).join(", ")}`);
      },
    },
  },
);

/** Brings a slot to Running without the key, so that each sequence starts alike and shrinks. */
async function reset(context: CheckContext, slot: Slot, fresh: () => Promise<Slot>): Promise<void> {
  if (slot.model === undefined) return void Object.assign(slot, await fresh());
  if ((await awaitState(context, slot.id, ["Running", "Paused", "gone", "Failed", "Terminated"])) === "Paused") {
    await context.lifecycle.call({ method: "POST", path: sandboxPath(slot.id, "/resume") });
  }
  if ((await awaitState(context, slot.id, ["Running", "gone", "Failed"])) !== "Running")
    return void Object.assign(slot, await fresh());
  await context.lifecycle.call({
    method: "PATCH",
    path: sandboxPath(slot.id, "/metadata"),
    json: { [MODEL_KEY]: null },
  });
  slot.model = { state: "Running", metadata: {} };
}

async function compareList(context: CheckContext, slots: readonly Slot[]): Promise<void> {
  const [key, value] = runPair(context);
  for (const state of ["Running", "Paused"] as const) {
    const { ids } = await list(context, `${metadataQuery({ [key]: value })}&state=${state}&pageSize=200`);
    for (const { id, model } of slots) {
      context.must(ids.includes(id) === (model?.state === state), {
        clause: "lifecycle.states.commanded",
        invariant: "listed-by-state",
        expected: { state, listed: model?.state === state },
        observed: { listed: ids.includes(id) },
      });
    }
  }
}
