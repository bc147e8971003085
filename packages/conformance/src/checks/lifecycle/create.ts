import { headerOf, objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { awaitState, RICH_FIELDS, runPair, sandboxPath, stateOf, UNKNOWN_ID } from "./sandbox-calls.js";

const RFC3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Create, read and delete (`lifecycle.md` 2 to 4). */
export const createChecks = checkTopic(
  { part: "lifecycle", topic: "create", group: "lifecycle", capability: "core" },
  {
    "reaches-running": {
      title: "a created sandbox reaches Running and is read back under its id",
      clauses: ["lifecycle.create.running", "L11"],
      async run(context) {
        const { id, created } = await context.sandbox();
        context.must(created["id"] === id, { invariant: "has-id", expected: id, observed: created["id"] });
        const read = await context.lifecycle.call({ method: "GET", path: sandboxPath(id) });
        context.must(objectOf(read)["id"] === id && stateOf(read) === "Running", {
          invariant: "reads-back",
          expected: { id, state: "Running" },
          observed: { id: objectOf(read)["id"], state: stateOf(read) },
        });
        context.positive("the sandbox is Running under its id");
        context.observe("L11", `a state of the list: ${stateOf(read) ?? "none"}`);
        const unknown = await context.lifecycle.call({ method: "GET", path: sandboxPath(UNKNOWN_ID) });
        context.must(statusOf(unknown) === 404, {
          invariant: "unknown-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("an id that nobody was given is 404");
      },
    },
    accepted: {
      title: "a valid request is 202 with a new id, and its sandbox can be deleted",
      clauses: ["lifecycle.create.accepted", "lifecycle.create.unique-ids", "L05", "L06", "L35", "L45", "L49"],
      depth: "standard",
      async run(context) {
        const make = () =>
          context.lifecycle.call({
            method: "POST",
            path: "/v1/sandboxes",
            json: context.createRequest({ timeout: 120 }),
            captures: [{ name: "sandbox", from: "json:/id" }],
          });
        const answers = [await make(), await make()];
        const ids = answers.map((answer) => objectOf(answer)["id"]);
        for (const answer of answers)
          context.must(statusOf(answer) === 202, {
            invariant: "create-is-202",
            expected: 202,
            observed: statusOf(answer),
          });
        context.must(
          ids.every((id) => typeof id === "string" && id !== ""),
          { invariant: "has-id", expected: "two ids", observed: ids },
        );
        for (const id of ids)
          context.defer(sandboxPath(String(id)), () =>
            context.lifecycle.call({ method: "DELETE", path: sandboxPath(String(id)) }),
          );
        context.positive("two creates are 202 with ids");
        context.must(ids[0] !== ids[1], {
          invariant: "own-id",
          clause: "lifecycle.create.unique-ids",
          expected: "two ids",
          observed: ids,
        });
        context.negative("the two ids differ");
        const [first = ""] = ids as string[];
        const [answer] = answers;
        if (answer === undefined) return;
        context.observe("L05", `create answers ${stateOf(answer) ?? "no state"}`);
        context.observe("L49", "two equal creates make two sandboxes");
        const read = objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(first) }));
        context.observe(
          "L35",
          read["createdAt"] === objectOf(answer)["createdAt"] ? "one creation time" : "two creation times",
        );
        context.observe("L45", `metadata of create is ${typeof objectOf(answer)["metadata"]}`);
        context.should(headerOf(answer, "location")?.includes(first) === true, {
          clause: "L06",
          invariant: "has-location",
          expected: `a Location with ${first}`,
          observed: headerOf(answer, "location") ?? null,
        });
      },
    },
    echo: {
      title: "metadata and entrypoint of the request are those of the sandbox",
      clauses: ["lifecycle.create.echo", "lifecycle.get.same", "lifecycle.get.times", "lifecycle.get.no-nulls"],
      async run(context) {
        const { id } = await context.sandbox({ fields: RICH_FIELDS });
        const read = objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }));
        const metadata = (read["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
        const [key, value] = runPair(context);
        const expected: Readonly<Record<string, string>> = { ...RICH_FIELDS.metadata, [key]: value };
        for (const [name, text] of Object.entries(expected))
          context.must(metadata[name] === text, {
            invariant: "metadata-kept",
            expected: { [name]: text },
            observed: { [name]: metadata[name] ?? null },
          });
        const entrypoint = context.createRequest()["entrypoint"] as readonly string[];
        // Some runtimes show the main process with what starts it in front (`lifecycle.md` 3).
        const shown = Array.isArray(read["entrypoint"]) ? (read["entrypoint"] as readonly unknown[]) : [];
        context.must(
          read["entrypoint"] === undefined ||
            JSON.stringify(shown.slice(-entrypoint.length)) === JSON.stringify(entrypoint),
          { invariant: "entrypoint-kept", expected: entrypoint, observed: read["entrypoint"] },
        );
        context.positive("metadata and entrypoint are read back");
        for (const name of ["createdAt", "expiresAt"]) {
          const time = read[name];
          context.must(typeof time === "string" && RFC3339_UTC.test(time) && Number.isFinite(Date.parse(time)), {
            clause: "lifecycle.get.times",
            invariant: "time-form",
            expected: "RFC 3339 in UTC",
            observed: { [name]: time },
          });
        }
        const again = objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }));
        context.must(JSON.stringify(again) === JSON.stringify(read), {
          clause: "lifecycle.get.same",
          invariant: "same-twice",
          expected: read,
          observed: again,
        });
        context.observe(
          "lifecycle.get.no-nulls",
          Object.values(read).includes(null) ? "absent values are null" : "absent values are left out",
        );
        const other = await context.sandbox();
        const foreign = (objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(other.id) }))[
          "metadata"
        ] ?? {}) as Readonly<Record<string, unknown>>;
        context.must(foreign["rx-team"] === undefined, {
          invariant: "metadata-of-its-own",
          expected: null,
          observed: foreign["rx-team"],
        });
        context.negative("another sandbox has not this metadata");
      },
    },
    env: {
      title: "variables of the request reach the commands of that sandbox only",
      clauses: ["lifecycle.create.env", "L18"],
      async run(context) {
        const { execd } = await context.sandbox({ fields: RICH_FIELDS });
        const run = await eventRun(execd, "/command", { command: 'printf "%s\\n%s\\n" "$RX_PLAIN" "$RX_ODD"' });
        const expected = [RICH_FIELDS.env.RX_PLAIN, RICH_FIELDS.env.RX_ODD];
        context.must(linesOf(run, "stdout").join("\n") === expected.join("\n"), {
          invariant: "env-reaches-commands",
          expected,
          observed: linesOf(run, "stdout"),
        });
        context.positive("a command prints both variables");
        const other = await context.sandbox();
        const foreign = await eventRun(other.execd, "/command", { command: 'echo "[$RX_PLAIN]"' });
        context.must(linesOf(foreign, "stdout").join() === "[]", {
          invariant: "env-of-its-own",
          expected: ["[]"],
          observed: linesOf(foreign, "stdout"),
        });
        context.negative("a command in another sandbox does not");
        context.observe("L18", "values are strings");
      },
    },
    expiry: {
      title: "the expiry is the creation time and the time to live together",
      clauses: ["lifecycle.create.expiry"],
      async run(context) {
        const spans = await Promise.all(
          (
            [
              [await context.sandbox(), 3600],
              [await context.sandbox({ fields: RICH_FIELDS }), RICH_FIELDS.timeout],
            ] as const
          ).map(async ([{ created }, seconds]) => ({
            seconds,
            span: (Date.parse(String(created["expiresAt"])) - Date.parse(String(created["createdAt"]))) / 1000,
          })),
        );
        for (const { seconds, span } of spans)
          context.must(Math.abs(span - seconds) <= 60, {
            invariant: "expiry-is-timeout",
            expected: seconds,
            observed: Number.isFinite(span) ? span : null,
          });
        context.positive("two sandboxes expire when they should");
        context.negative("a longer and a shorter time are told apart");
      },
    },
    "no-expiry": {
      title: "without a time to live a sandbox has no expiry and cannot be renewed",
      clauses: ["lifecycle.create.no-expiry", "lifecycle.renew.manual"],
      depth: "standard",
      async run(context) {
        const { id, created } = await context.sandbox({ isExclusive: true, fields: { timeout: undefined } });
        const read = objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }));
        context.must((created["expiresAt"] ?? null) === null && (read["expiresAt"] ?? null) === null, {
          invariant: "no-expiry",
          expected: null,
          observed: [created["expiresAt"] ?? null, read["expiresAt"] ?? null],
        });
        const renewed = await context.lifecycle.call({
          method: "POST",
          path: sandboxPath(id, "/renew-expiration"),
          json: { expiresAt: new Date(Date.now() + 7_200_000).toISOString() },
        });
        context.must(statusOf(renewed) === 409, {
          clause: "lifecycle.renew.manual",
          invariant: "renew-manual-is-409",
          expected: 409,
          observed: statusOf(renewed),
        });
        context.negative("renewing it is 409");
        const limited = await context.sandbox();
        context.must(typeof limited.created["expiresAt"] === "string", {
          invariant: "expiry-where-asked",
          expected: "a time",
          observed: limited.created["expiresAt"] ?? null,
        });
        context.positive("a sandbox with a time to live has an expiry");
      },
    },
    "delete-removes": {
      title: "a deleted sandbox is gone, and deleting it again is 404",
      clauses: [
        "lifecycle.delete.gone",
        "lifecycle.delete.unknown",
        "lifecycle.delete.stops-processes",
        "lifecycle.delete.others",
        "L12",
      ],
      async run(context) {
        const kept = await context.sandbox();
        const { id, execd } = await context.sandbox({ isExclusive: true });
        const path = sandboxPath(id);
        const before = await context.lifecycle.call({ method: "GET", path });
        context.must(statusOf(before) === 200, {
          invariant: "there-before",
          expected: 200,
          observed: statusOf(before),
        });
        const deleted = await context.lifecycle.call({ method: "DELETE", path });
        context.must(statusOf(deleted) === 204, {
          invariant: "delete-is-204",
          expected: 204,
          observed: statusOf(deleted),
        });
        context.positive("the delete was accepted");
        const after = await awaitState(context, id, ["gone", "Terminated"]);
        context.must(after === "gone" || after === "Terminated", {
          invariant: "gone-after",
          expected: "404 or Terminated",
          observed: after ?? null,
        });
        context.negative("the sandbox was there before and is gone after");
        const again = await context.lifecycle.call({ method: "DELETE", path });
        context.must(statusOf(again) === 404 || after === "Terminated", {
          clause: "lifecycle.delete.unknown",
          invariant: "second-delete-is-404",
          expected: 404,
          observed: statusOf(again),
        });
        const never = await context.lifecycle.call({ method: "DELETE", path: sandboxPath(UNKNOWN_ID) });
        context.must(statusOf(never) === 404, {
          clause: "lifecycle.delete.unknown",
          invariant: "unknown-delete-is-404",
          expected: 404,
          observed: statusOf(never),
        });
        const ping = await execd.open({ method: "GET", path: "/ping" }).finished;
        context.must(statusOf(ping) !== 200, {
          clause: "lifecycle.delete.stops-processes",
          invariant: "daemon-answers-after-delete",
          expected: "no 200",
          observed: statusOf(ping),
        });
        const other = await context.lifecycle.call({ method: "GET", path: sandboxPath(kept.id) });
        context.must(stateOf(other) === "Running", {
          clause: "lifecycle.delete.others",
          invariant: "others-live",
          expected: "Running",
          observed: stateOf(other) ?? null,
        });
        context.observe("L12", `afterwards it is ${after}`);
      },
    },
  },
);
