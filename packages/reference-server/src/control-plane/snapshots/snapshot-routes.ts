import type { LifecycleRoute, LifecycleRouteParts } from "../lifecycle/lifecycle-routes.js";
import { readJsonBody } from "../requests/request-body.js";
import { text } from "../requests/scalar-rules.js";
import { model, nullable } from "../requests/validation-rule.js";
import { listSnapshots } from "./list-snapshots.js";
import { wireSnapshot } from "./snapshot-record.js";

const bodyRule = model({ name: { rule: nullable(text({ minimum: 1 })) } });
/** The body may be missing, or `null`. */
const createRule: typeof bodyRule = (value, location, issues) =>
  value === null ? {} : bodyRule(value, location, issues);

/** The routes of snapshots (`lifecycle.md` 7). */
export function snapshotRoutes({
  options,
  registry,
  snapshots,
}: Pick<LifecycleRouteParts, "options" | "registry" | "snapshots">): readonly LifecycleRoute[] {
  return [
    {
      path: "/sandboxes/:id/snapshots",
      methods: {
        POST: async ({ params, headers, body }) => {
          const request = body.length === 0 ? undefined : readJsonBody(createRule, headers, body);
          const source = await registry.holdForSnapshot(params["id"] ?? "");
          const record = snapshots.create(source, request?.name);
          return { status: 202, body: wireSnapshot(record), headers: { location: `/v1/snapshots/${record.id}` } };
        },
      },
    },
    {
      path: "/snapshots",
      methods: { GET: ({ query }) => ({ status: 200, body: listSnapshots(snapshots.all(), query, options.profile) }) },
    },
    {
      path: "/snapshots/:id",
      methods: {
        GET: ({ params }) => ({ status: 200, body: wireSnapshot(snapshots.get(params["id"] ?? "")) }),
        DELETE: ({ params }) => {
          snapshots.remove(params["id"] ?? "");
          return { status: 204 };
        },
      },
    },
  ];
}
