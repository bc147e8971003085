import type { StreamFrame } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, requestJson } from "./altering.js";
import {
  creates,
  endpoints,
  lifecycleRoute,
  lists,
  objectIn,
  patches,
  pauses,
  reads,
  renewals,
  resumes,
  sandboxOf,
} from "./lifecycle-routes.js";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const later = (time: unknown, ms: number): string => new Date(Date.parse(String(time)) + ms).toISOString();
const itemsOf = (body: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] =>
  Array.isArray(body["items"]) ? body["items"] : [];
const snapshotDeletes = lifecycleRoute("DELETE", /^\/snapshots\//);

/** Wrong lists, states, metadata, endpoints and proxies of a lifecycle server. */
export const sandboxMutants: readonly ServerMutant[] = [
  conditional(
    "filter-ignores-capitals",
    "a value in capitals matches the small one",
    "lifecycle/list/metadata-filter",
    "lifecycle.list.metadata-case/nothing-else",
    () => ({
      request: (request) =>
        lists(request)
          ? {
              ...request,
              path: request.path.replace(/%3D([A-Z]+)(?=%26|&|$)/g, (_, value: string) => `%3D${value.toLowerCase()}`),
            }
          : request,
    }),
  ),
  always(
    "bad-filter-as-empty",
    "a filter that is no pair matches nothing",
    "lifecycle/list/metadata-format",
    "lifecycle.list.metadata-format/no-pair-is-400",
    () =>
      answers(lists, (answer) =>
        answer.status === 400 && answer.body.includes("METADATA")
          ? { ...answer, status: 200, body: json({ items: [], pagination: {} }) }
          : answer,
      ),
  ),
  conditional(
    "empty-value-matches-nothing",
    "an empty value matches nothing",
    "lifecycle/list/metadata-encoding",
    "lifecycle.list.metadata-encoding/empty-value",
    () =>
      answers(lists, (answer, request) =>
        /%3D(%26|&|$)/.test(request.path) ? { ...answer, body: json({ ...objectIn(answer.body), items: [] }) } : answer,
      ),
  ),
  conditional(
    "first-state-only",
    "of several states only the first counts",
    "lifecycle/list/state-filter",
    "lifecycle.list.state-filter/or-across-states",
    () => ({
      request: (request) =>
        lists(request) ? { ...request, path: request.path.replace(/(state=[^&]*)((?:&state=[^&]*)+)/, "$1") } : request,
    }),
  ),
  conditional(
    "oldest-first",
    "a page of more than two begins with the oldest",
    "lifecycle/list/order",
    "lifecycle.list.order/newest-first",
    () =>
      answerJson(lists, (body) => ({
        ...body,
        items: itemsOf(body).length > 2 ? [...itemsOf(body)].reverse() : itemsOf(body),
      })),
  ),
  conditional(
    "full-page-has-next",
    "a page that is full says that another follows",
    "lifecycle/list/pages",
    "lifecycle.list.pagination/pagination-block",
    () =>
      answerJson(lists, (body) => {
        const pagination = body["pagination"] as { readonly pageSize?: number } | undefined;
        return itemsOf(body).length > 0 && itemsOf(body).length === pagination?.pageSize
          ? { ...body, pagination: { ...pagination, hasNextPage: true } }
          : body;
      }),
  ),
  always(
    "list-of-another-time",
    "the list shows another creation time than get",
    "lifecycle/list/reads-agree",
    "lifecycle.list.contains/list-and-get",
    () =>
      answerJson(lists, (body) => ({
        ...body,
        items: itemsOf(body).map((item) => ({ ...item, createdAt: later(item["createdAt"], 1_000) })),
      })),
  ),
  conditional(
    "second-pause-is-500",
    "pausing a paused sandbox is a failure of the server",
    "lifecycle/pause/and-resume",
    "L10/second-pause-is-409",
    () => answers(pauses, (answer) => (answer.status === 409 ? { ...answer, status: 500 } : answer)),
  ),
  always(
    "resume-always-accepted",
    "resuming a running sandbox is accepted",
    "lifecycle/pause/resume-not-paused",
    "lifecycle.resume.not-paused/resume-running-is-409",
    () =>
      answers(resumes, (answer) =>
        answer.status === 409 ? { status: 202, headers: {}, body: Buffer.alloc(0) } : answer,
      ),
  ),
  always(
    "unknown-pause-accepted",
    "pausing what does not exist is accepted",
    "lifecycle/pause/unknown",
    "lifecycle.pause.unknown/unknown-is-404",
    () =>
      answers(pauses, (answer) =>
        answer.status === 404 ? { status: 202, headers: {}, body: Buffer.alloc(0) } : answer,
      ),
  ),
  conditional(
    "patch-while-paused-lost",
    "metadata that is patched while paused is forgotten",
    "lifecycle/states/command-sequences",
    "lifecycle.metadata.patch/metadata-in-sequence",
    () => {
      const paused = new Set<string>();
      return {
        request: (request) =>
          patches(request) && paused.has(sandboxOf(request)) ? { ...request, body: Buffer.from("{}") } : request,
        answer(answer, request) {
          if (answer.status === 202 && pauses(request)) paused.add(sandboxOf(request));
          if (answer.status === 202 && resumes(request)) paused.delete(sandboxOf(request));
          return answer;
        },
      };
    },
  ),
  conditional(
    "offset-ignored",
    "the offset of an instant east of Greenwich is ignored",
    "lifecycle/renew/sets",
    "lifecycle.renew.offset/told-instant",
    () =>
      requestJson(renewals, (body) =>
        typeof body["expiresAt"] === "string"
          ? { ...body, expiresAt: body["expiresAt"].replace(/\+\d\d:\d\d$/, "Z") }
          : body,
      ),
  ),
  conditional(
    "renewal-shortens",
    "a sooner instant is accepted",
    "lifecycle/renew/never-shortens",
    "L08/shortened",
    () =>
      answers(renewals, (answer, request) =>
        answer.body.includes("NOT_EXTENDED") ? { ...answer, status: 200, body: request.body } : answer,
      ),
  ),
  conditional(
    "vague-renewal-accepted",
    "a word instead of an instant is accepted",
    "lifecycle/renew/refuses",
    "lifecycle.renew.missing/no-instant-refused",
    () =>
      answers(renewals, (answer, request) =>
        request.body.includes("soon")
          ? { ...answer, status: 200, body: json({ expiresAt: "2099-01-01T00:00:00Z" }) }
          : answer,
      ),
  ),
  conditional(
    "removed-metadata-returns",
    "a key of the create request that was removed comes back with the next patch",
    "lifecycle/metadata/merge-patch",
    "L14/removed-stays-removed",
    () => {
      const created = new Map<string, Record<string, unknown>>();
      const removed = new Map<string, Record<string, unknown>>();
      return {
        answer(answer, request) {
          const body = objectIn(answer.body);
          if (creates(request) && typeof body["id"] === "string")
            created.set(body["id"], (body["metadata"] ?? {}) as Record<string, unknown>);
          if (!patches(request) || answer.status !== 200) return answer;
          const id = sandboxOf(request);
          const earlier = removed.get(id) ?? {};
          const asked = Object.entries(objectIn(request.body)).filter(([, value]) => value === null);
          removed.set(id, {
            ...earlier,
            ...Object.fromEntries(
              asked.flatMap(([key]) => (created.get(id)?.[key] === undefined ? [] : [[key, created.get(id)?.[key]]])),
            ),
          });
          const metadata = { ...earlier, ...(body["metadata"] as Record<string, unknown> | undefined) };
          for (const [key] of asked) delete metadata[key];
          return { ...answer, body: json({ ...body, metadata }) };
        },
      };
    },
  ),
  conditional(
    "number-as-label",
    "numbers become texts of metadata",
    "lifecycle/metadata/refuses",
    "lifecycle.metadata.types/refused",
    () =>
      requestJson(patches, (body) =>
        Object.fromEntries(
          Object.entries(body).map(([key, value]) => [key, typeof value === "number" ? String(value) : value]),
        ),
      ),
  ),
  conditional(
    "one-daemon-for-all",
    "the endpoint of every sandbox leads to the daemon of the first",
    "lifecycle/endpoints/leads-to-daemon",
    "lifecycle.endpoints.direct/daemon-of-its-own",
    () => {
      let first: string | undefined;
      return {
        request(request) {
          if (!endpoints(request) || !request.path.includes("/44772")) return request;
          first ??= sandboxOf(request);
          return { ...request, path: request.path.replace(sandboxOf(request), first) };
        },
      };
    },
  ),
  conditional(
    "any-port-has-endpoint",
    "a port above 65535 has an endpoint",
    "lifecycle/endpoints/refuses",
    "lifecycle.endpoints.port/bad-port-refused",
    () =>
      answers(endpoints, (answer, request) =>
        /\/(65536|99999)/.test(request.path)
          ? { ...answer, status: 200, body: json({ endpoint: "127.0.0.1:1" }) }
          : answer,
      ),
  ),
  conditional(
    "any-egress-token",
    "the sidecar takes any token",
    "lifecycle/endpoints/egress-header",
    "egress.auth/wrong-token-is-401",
    () => {
      let token: string | undefined;
      return {
        request(request) {
          const given = request.headers["opensandbox-egress-auth"];
          if (request.part !== "egress" || given === undefined) return request;
          // The first one is the right one: sandboxes are made before anybody tries another.
          token ??= given;
          return { ...request, headers: { ...request.headers, "opensandbox-egress-auth": token } };
        },
      };
    },
  ),
  conditional(
    "repeated-query-lost",
    "of a query field that comes twice the proxy passes one",
    "lifecycle/proxy/passes-through",
    "lifecycle.proxy.passes/query-passes",
    () => ({
      request: (request) =>
        request.part === "other" ? { ...request, path: request.path.replace("&x=2", "") } : request,
    }),
  ),
  conditional(
    "query-regrouped",
    "the proxy puts the parameters of one name side by side",
    "lifecycle/proxy/query-order",
    "L51/order-kept",
    () => ({
      request(request) {
        const [path = "", query] = request.path.split("?");
        if (request.part !== "other" || query === undefined) return request;
        const groups = new Map<string, string[]>();
        for (const parameter of query.split("&")) {
          const name = parameter.replace(/=.*$/, "");
          groups.set(name, [...(groups.get(name) ?? []), parameter]);
        }
        return { ...request, path: `${path}?${[...groups.values()].flat().join("&")}` };
      },
    }),
  ),
  conditional(
    "proxy-buffers-streams",
    "the proxy holds a stream back until it is whole",
    "lifecycle/proxy/streams",
    "lifecycle.proxy.streams/arrives-as-produced",
    () => ({
      stream: (stream) =>
        (async function* () {
          const held: StreamFrame[] = [];
          for await (const frame of stream) held.push(frame);
          yield* held;
        })(),
    }),
  ),
  always(
    "closed-port-as-empty",
    "the proxy answers the root of any port by itself",
    "lifecycle/proxy/unreachable",
    "lifecycle.proxy.unreachable/closed-port-is-5xx",
    () => ({
      request: (request) =>
        request.part === "other" && request.path === "/"
          ? { status: 200, headers: {}, body: Buffer.alloc(0) }
          : request,
    }),
  ),
  conditional(
    "snapshot-delete-forgotten",
    "the delete of a snapshot is accepted and forgotten",
    "lifecycle/snapshots/restores",
    "lifecycle.snapshots.delete/gone-after",
    () => ({
      request: (request) => (snapshotDeletes(request) ? { status: 204, headers: {}, body: Buffer.alloc(0) } : request),
    }),
  ),
  conditional(
    "expiry-comes-early",
    "a sandbox with the shortest life is gone after twenty seconds",
    "lifecycle/renew/expiry-removes",
    "lifecycle.expiry.removes/not-before-expiry",
    () => {
      const bornAt = new Map<string, number>();
      return {
        answer(answer, request) {
          const { id } = objectIn(answer.body);
          if (creates(request) && typeof id === "string" && objectIn(request.body)["timeout"] === 60)
            bornAt.set(id, Date.now());
          const since = bornAt.get(sandboxOf(request)) ?? Number.POSITIVE_INFINITY;
          return reads(request) && Date.now() - since > 20_000
            ? { ...answer, status: 404, body: json({ code: "SANDBOX_NOT_FOUND", message: "gone" }) }
            : answer;
        },
      };
    },
  ),
  conditional(
    "state-of-read-frozen",
    "a paused sandbox is Running in the list",
    "lifecycle/pause/and-resume",
    "lifecycle.list.state-filter/paused-found",
    () =>
      answers(lists, (answer, request) =>
        request.path.includes("state=Paused") && !request.path.includes("state=Running")
          ? { ...answer, body: json({ ...objectIn(answer.body), items: [] }) }
          : answer,
      ),
  ),
  conditional(
    "get-forgets-second-pair",
    "get shows the first pair of metadata only, where there are more than three",
    "lifecycle/create/echo",
    "lifecycle.create.echo/metadata-kept",
    () =>
      answerJson(reads, (body) => {
        const pairs = Object.entries((body["metadata"] ?? {}) as Record<string, unknown>);
        return pairs.length > 3 ? { ...body, metadata: Object.fromEntries(pairs.slice(0, 1)) } : body;
      }),
  ),
];
