import fc from "fast-check";
import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { checkTopic } from "../check-topic.js";
import { awaitState, CHANGING_FIELDS, isRefusal, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

function renew(context: CheckContext, id: string, body: unknown): Promise<WireExchange> {
  return context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/renew-expiration"), json: body });
}

async function expiryOf(context: CheckContext, id: string): Promise<number> {
  return Date.parse(
    String(objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }))["expiresAt"]),
  );
}

/** The same instant with an offset of so many minutes. */
function withOffset(ms: number, minutes: number): string {
  const shifted = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${shifted}${minutes < 0 ? "-" : "+"}${part(Math.floor(Math.abs(minutes) / 60))}:${part(Math.abs(minutes) % 60)}`;
}

/** Renewing (`lifecycle.md` 4). */
export const renewChecks = checkTopic(
  { part: "lifecycle", topic: "renew", group: "lifecycle", capability: "core" },
  {
    sets: {
      title: "renewing sets the expiry that is read afterwards, whatever offset the instant was written with",
      clauses: ["lifecycle.renew.sets", "lifecycle.renew.offset"],
      depth: "standard",
      isProperty: true,
      async run(context) {
        const { id } = await context.sandbox({ fields: CHANGING_FIELDS, isExclusive: true });
        let last = await expiryOf(context, id);
        const first = last;
        await context.property({
          arbitrary: fc.record({
            seconds: fc.integer({ min: 1, max: 5_000 }),
            offset: fc.constantFrom(0, 60, -330, 345, 720, -480),
          }),
          runs: { quick: 4, standard: 10, full: 50 },
          classes: ({ offset }) => [offset === 0 ? "UTC" : "offset"],
          test: async ({ seconds, offset }) => {
            const wanted = last + seconds * 1000;
            const answer = await renew(context, id, {
              expiresAt: offset === 0 ? new Date(wanted).toISOString() : withOffset(wanted, offset),
            });
            context.must(statusOf(answer) === 200, {
              invariant: "renew-is-200",
              expected: 200,
              observed: statusOf(answer),
            });
            const clause = offset === 0 ? "lifecycle.renew.sets" : "lifecycle.renew.offset";
            const told = Date.parse(String(objectOf(answer)["expiresAt"]));
            context.must(Math.abs(told - wanted) < 1000, {
              clause,
              invariant: "told-instant",
              expected: new Date(wanted).toISOString(),
              observed: objectOf(answer)["expiresAt"] ?? null,
            });
            const read = await expiryOf(context, id);
            context.must(Math.abs(read - wanted) < 1000, {
              clause,
              invariant: "read-instant",
              expected: new Date(wanted).toISOString(),
              observed: Number.isFinite(read) ? new Date(read).toISOString() : null,
            });
            last = read;
          },
        });
        context.positive("each new expiry was read back");
        context.must(last > first, { invariant: "moved", expected: "a later expiry", observed: [first, last] });
        context.negative("it is not the one of the create request");
      },
    },
    "never-shortens": {
      title: "an instant that is not after the current expiry is refused and changes nothing",
      clauses: ["L08", "lifecycle.renew.past", "L44"],
      async run(context) {
        const { id } = await context.sandbox({ fields: CHANGING_FIELDS });
        const before = await expiryOf(context, id);
        const past = await renew(context, id, { expiresAt: "2020-01-01T00:00:00Z" });
        context.must(statusOf(past) === 400, {
          clause: "lifecycle.renew.past",
          invariant: "past-is-400",
          expected: 400,
          observed: statusOf(past),
        });
        const sooner = await renew(context, id, { expiresAt: new Date(before - 120_000).toISOString() });
        const unknown = await renew(context, UNKNOWN_ID, { expiresAt: "2020-01-01T00:00:00Z" });
        context.observe("L44", `the past of an unknown sandbox is ${statusOf(unknown)}`);
        if (statusOf(sooner) !== 200) {
          const after = await expiryOf(context, id);
          context.must(after === before, { invariant: "refusal-changes-nothing", expected: before, observed: after });
        }
        context.must(isRefusal(sooner), { invariant: "shortened", expected: "4xx", observed: statusOf(sooner) });
        context.negative("the past and a sooner instant are refused");
        const later = await renew(context, id, { expiresAt: new Date(before + 60_000).toISOString() });
        context.must(statusOf(later) === 200, {
          clause: "lifecycle.renew.sets",
          invariant: "renew-is-200",
          expected: 200,
          observed: statusOf(later),
        });
        context.positive("a later one is taken");
      },
    },
    refuses: {
      title: "renewing without a time, with an invalid one, or of an unknown sandbox is refused",
      clauses: ["lifecycle.renew.missing", "lifecycle.renew.unknown"],
      async run(context) {
        const { id } = await context.sandbox();
        for (const body of [{}, { expiresAt: null }, { expiresAt: "soon" }, { expiresAt: {} }, []]) {
          const answer = await renew(context, id, body);
          context.must(isRefusal(answer), {
            invariant: "no-instant-refused",
            expected: "4xx",
            observed: { body, status: statusOf(answer) },
          });
        }
        const unknown = await renew(context, UNKNOWN_ID, { expiresAt: new Date(Date.now() + 7_200_000).toISOString() });
        context.must(statusOf(unknown) === 404, {
          clause: "lifecycle.renew.unknown",
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("five bodies and an unknown sandbox are refused");
        context.must((await awaitState(context, id, ["Running"])) === "Running", {
          invariant: "still-there",
          expected: "Running",
        });
        context.positive("the sandbox is still there");
      },
    },
    "expiry-removes": {
      title: "a sandbox whose time is over can no longer be used, and no sooner",
      clauses: ["lifecycle.expiry.removes"],
      depth: "full",
      startsFirst: true,
      deadlineMs: 240_000,
      async run(context) {
        // The server's clock may differ: its minute begins after this instant, whatever it is called there.
        const askedAt = Date.now();
        const { id } = await context.sandbox({ isExclusive: true, fields: { timeout: 60 } });
        const state = await context.waitUntil(
          async () => ({ at: Date.now(), state: await awaitStateOnce(context, id) }),
          ({ state: seen }) => seen !== "Running",
          180_000,
        );
        context.must(state.state !== "Running", {
          invariant: "ends-at-expiry",
          expected: "no longer Running",
          observed: state.state ?? null,
        });
        context.positive("it ended");
        context.must(state.at - askedAt >= 59_000, {
          invariant: "not-before-expiry",
          expected: "at least 60 s",
          observed: `${(state.at - askedAt) / 1000} s`,
        });
        context.negative("it did not end before its time");
      },
    },
  },
);

async function awaitStateOnce(context: CheckContext, id: string): Promise<string | undefined> {
  const answer = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
  if (statusOf(answer) === 404) return "gone";
  return (objectOf(answer)["status"] as { readonly state?: string } | undefined)?.state;
}
