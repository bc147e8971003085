import { objectOf, statusOf } from "../../wire/read-exchange.js";
import { checkTopic } from "../check-topic.js";

/** Create, read and delete (`lifecycle.md` 2 to 4). */
export const createChecks = checkTopic(
  { part: "lifecycle", topic: "create", group: "lifecycle", capability: "core" },
  {
    "reaches-running": {
      title: "a created sandbox reaches Running and is read back under its id",
      clauses: ["lifecycle.create.running"],
      async run(context) {
        const { id, created } = await context.sandbox();
        context.must(created["id"] === id, { invariant: "has-id", expected: id, observed: created["id"] });
        const read = objectOf(await context.lifecycle.call({ method: "GET", path: `/v1/sandboxes/${id}` }));
        const state = (read["status"] as { readonly state?: unknown } | undefined)?.state;
        context.must(read["id"] === id && state === "Running", { invariant: "reads-back", expected: { id, state: "Running" }, observed: { id: read["id"], state } });
        context.positive("the sandbox is Running under its id");
        const unknown = await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes/3d0c2d58-8f7a-4c7e-9d32-0a5a7f3f6b11" });
        context.must(statusOf(unknown) === 404, { invariant: "unknown-is-404", expected: 404, observed: statusOf(unknown) });
        context.negative("an id that nobody was given is 404");
      },
    },
    "delete-removes": {
      title: "a deleted sandbox is gone, and deleting it again is 404",
      clauses: ["lifecycle.delete.gone"],
      async run(context) {
        const { id } = await context.sandbox({ isExclusive: true });
        const path = `/v1/sandboxes/${id}`;
        const before = await context.lifecycle.call({ method: "GET", path });
        context.must(statusOf(before) === 200, { invariant: "there-before", expected: 200, observed: statusOf(before) });
        const deleted = await context.lifecycle.call({ method: "DELETE", path });
        context.must(statusOf(deleted) === 204, { invariant: "delete-is-204", expected: 204, observed: statusOf(deleted) });
        context.positive("the delete was accepted");
        const gone = (status: number, state: unknown): boolean => status === 404 || state === "Terminated";
        const after = await context.waitUntil(
          () => context.lifecycle.call({ method: "GET", path }),
          (answer) => gone(statusOf(answer), (objectOf(answer)["status"] as { readonly state?: unknown } | undefined)?.state),
          60_000,
        );
        context.must(gone(statusOf(after), (objectOf(after)["status"] as { readonly state?: unknown } | undefined)?.state), { invariant: "gone-after", expected: "404 or Terminated", observed: statusOf(after) });
        context.negative("the sandbox was there before and is gone after");
      },
    },
  },
);
