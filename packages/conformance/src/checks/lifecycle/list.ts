import fc from "fast-check";
import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { list, type ListAnswer, metadataQuery, RICH_FIELDS, runPair, sandboxPath } from "./sandbox-calls.js";

/** Three sandboxes that the list checks share. */
async function three(context: CheckContext): Promise<readonly [string, string, string]> {
  const make = async (n: string): Promise<string> =>
    (await context.sandbox({ fields: { metadata: { "rx-list": "yes", "rx-n": n } } })).id;
  return [await make("1"), await make("2"), await make("3")];
}

function ofRun(context: CheckContext, pairs: Readonly<Record<string, string>>, more = ""): Promise<ListAnswer> {
  const [key, value] = runPair(context);
  return list(context, `${metadataQuery({ ...pairs, [key]: value })}${more}`);
}

const sameIds = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();

/** List, pages and filters (`lifecycle.md` 3). */
export const listChecks = checkTopic(
  { part: "lifecycle", topic: "list", group: "lifecycle", capability: "core" },
  {
    "metadata-filter": {
      title: "the metadata filter gives exactly the sandboxes that have all pairs",
      clauses: ["lifecycle.list.contains", "lifecycle.list.metadata-filter", "lifecycle.list.metadata-case"],
      async run(context) {
        const rich = (await context.sandbox({ fields: RICH_FIELDS })).id;
        const plain = (await context.sandbox()).id;
        const all = await ofRun(context, {});
        context.must(all.ids.includes(rich) && all.ids.includes(plain), {
          invariant: "running-is-listed",
          expected: [rich, plain],
          observed: all.ids,
        });
        context.positive("both sandboxes of the run are listed");
        const one = await ofRun(context, { "rx-team": "ml" });
        context.must(one.ids.includes(rich) && !one.ids.includes(plain), {
          clause: "lifecycle.list.metadata-filter",
          invariant: "exact-matches",
          expected: [rich],
          observed: one.ids,
        });
        const both = await ofRun(context, { "rx-team": "ml", "rx.example/stage": "A_b-1.c" });
        context.must(both.ids.includes(rich), {
          clause: "lifecycle.list.metadata-filter",
          invariant: "all-pairs",
          expected: [rich],
          observed: both.ids,
        });
        for (const [clause, pairs] of [
          ["lifecycle.list.metadata-filter", { "rx-team": "ml", "rx.example/stage": "other" }],
          ["lifecycle.list.metadata-filter", { "rx-team": "m" }],
          ["lifecycle.list.metadata-case", { "rx-team": "ML" }],
          ["lifecycle.list.metadata-case", { "RX-team": "ml" }],
        ] as const) {
          const none = await ofRun(context, pairs);
          context.must(none.status === 200 && none.ids.length === 0, {
            clause,
            invariant: "nothing-else",
            expected: [],
            observed: { pairs, ids: none.ids },
          });
        }
        context.negative("four other filters give nothing");
      },
    },
    "metadata-format": {
      title: "a metadata filter that is not a pair is refused",
      clauses: ["lifecycle.list.metadata-format"],
      async run(context) {
        const whole = await ofRun(context, {});
        context.must(whole.status === 200, { invariant: "pair-is-200", expected: 200, observed: whole.status });
        context.positive("a pair is 200");
        for (const text of ["nothing", "a=b&nothing"]) {
          const answer = await context.lifecycle.call({
            method: "GET",
            path: `/v1/sandboxes?metadata=${encodeURIComponent(text)}`,
          });
          context.must(statusOf(answer) === 400, {
            invariant: "no-pair-is-400",
            expected: 400,
            observed: { text, status: statusOf(answer) },
          });
        }
        context.negative("two others are 400");
      },
    },
    "metadata-encoding": {
      title: "keys and values that need encoding are found when encoded",
      clauses: ["lifecycle.list.metadata-encoding", "L16"],
      async run(context) {
        const { id } = await context.sandbox({ fields: RICH_FIELDS });
        const found = await ofRun(context, { "rx.example/stage": "A_b-1.c" });
        context.must(found.ids.includes(id), { invariant: "slash-in-key", expected: [id], observed: found.ids });
        const blank = await ofRun(context, { "rx-empty": "" });
        context.must(blank.ids.includes(id), { invariant: "empty-value", expected: [id], observed: blank.ids });
        context.positive("a key with a slash and an empty value are found");
        const odd = await ofRun(context, { "rx.example/stage": "A_b-1.c&rx-team=ml" });
        context.must(odd.status === 200 && odd.ids.length === 0, {
          invariant: "encoded-ampersand",
          expected: [],
          observed: odd.ids,
        });
        context.negative("an encoded ampersand does not begin another pair");
        const thrice = await list(context, `metadata=${encodeURIComponent(encodeURIComponent("rx-team=ml"))}`);
        context.observe("L16", `a filter encoded once more is ${thrice.status} with ${thrice.ids.length} items`);
      },
    },
    "state-filter": {
      title: "the state filter gives sandboxes in one of the states, and nothing for an unknown one",
      clauses: ["lifecycle.list.state-filter", "lifecycle.list.state-unknown", "lifecycle.list.state-case"],
      async run(context) {
        const { id } = await context.sandbox();
        const running = await ofRun(context, {}, "&state=Running");
        context.must(running.ids.includes(id), { invariant: "running-found", expected: id, observed: running.ids });
        const wrong = running.items.filter(
          (item) => (item["status"] as { readonly state?: unknown } | undefined)?.state !== "Running",
        );
        context.must(wrong.length === 0, {
          invariant: "only-that-state",
          expected: "Running",
          observed: wrong.map((item) => item["status"]),
        });
        const either = await ofRun(context, {}, "&state=Paused&state=Running");
        context.must(either.ids.includes(id), { invariant: "or-across-states", expected: id, observed: either.ids });
        context.positive("it is found by its state, alone and among others");
        const other = await ofRun(context, {}, "&state=Failed");
        context.must(!other.ids.includes(id), { invariant: "other-state", expected: [], observed: other.ids });
        const unknown = await ofRun(context, {}, `&state=${context.random.token()}`);
        context.must(unknown.status === 200 && unknown.ids.length === 0, {
          clause: "lifecycle.list.state-unknown",
          invariant: "unknown-matches-nothing",
          expected: { status: 200, ids: [] },
          observed: { status: unknown.status, ids: unknown.ids },
        });
        context.negative("another and an unknown state give it not");
        context.observe(
          "lifecycle.list.state-case",
          (await ofRun(context, {}, "&state=running")).ids.includes(id) ? "case is ignored" : "case counts",
        );
      },
    },
    order: {
      title: "the newest sandbox comes first",
      clauses: ["lifecycle.list.order"],
      depth: "standard",
      async run(context) {
        await three(context);
        const { items } = await ofRun(context, {}, "&pageSize=200");
        const times = items.map((item) => Date.parse(String(item["createdAt"])));
        const sorted = [...times].sort((a, b) => b - a);
        context.must(times.length >= 3 && times.every((time, index) => time === sorted[index]), {
          invariant: "newest-first",
          expected: sorted,
          observed: times,
        });
        context.positive(`${times.length} sandboxes are in order`);
        context.must(new Set(times).size > 1, {
          invariant: "times-differ",
          expected: "different times",
          observed: times,
        });
        context.negative("their times differ, so that there is an order");
      },
    },
    pages: {
      title: "joined pages are the whole list, and the pagination block agrees with them",
      clauses: [
        "lifecycle.list.pages",
        "lifecycle.list.pagination",
        "lifecycle.list.page-bounds",
        "lifecycle.list.default-page-size",
        "L15",
      ],
      depth: "standard",
      isProperty: true,
      async run(context) {
        const ids = await three(context);
        const only = { "rx-list": "yes" };
        await context.property({
          arbitrary: fc.record({ pageSize: fc.integer({ min: 1, max: 7 }), extra: fc.integer({ min: 0, max: 3 }) }),
          runs: { quick: 4, standard: 10, full: 30 },
          classes: ({ pageSize }) => [pageSize < 3 ? "several pages" : pageSize === 3 ? "page edge" : "one page"],
          test: async ({ pageSize, extra }) => {
            const pages = Math.ceil(ids.length / pageSize);
            const seen: string[] = [];
            for (let page = 1; page <= pages + extra; page++) {
              const answer = await ofRun(context, only, `&page=${page}&pageSize=${pageSize}`);
              context.must(answer.status === 200, { invariant: "page-is-200", expected: 200, observed: answer.status });
              context.must(answer.ids.length === Math.max(0, Math.min(pageSize, ids.length - (page - 1) * pageSize)), {
                clause: "lifecycle.list.pages",
                invariant: "page-size",
                expected: pageSize,
                observed: { page, ids: answer.ids },
              });
              const expected = { page, pageSize, totalItems: ids.length, totalPages: pages, hasNextPage: page < pages };
              const observed = Object.fromEntries(
                Object.keys(expected).map((key) => [key, answer.pagination[key] ?? null]),
              );
              context.must(JSON.stringify(observed) === JSON.stringify(expected), {
                clause: "lifecycle.list.pagination",
                invariant: "pagination-block",
                expected,
                observed,
              });
              seen.push(...answer.ids);
            }
            context.must(seen.length === ids.length && sameIds(seen, ids), {
              invariant: "joined-pages",
              expected: ids,
              observed: seen,
            });
          },
        });
        context.positive("pages of several sizes join to the list");
        for (const query of ["page=0", "page=-1", "page=x", "pageSize=0"]) {
          const answer = await context.lifecycle.call({ method: "GET", path: `/v1/sandboxes?${query}` });
          context.must(statusOf(answer) >= 400 && statusOf(answer) < 500, {
            clause: "lifecycle.list.page-bounds",
            invariant: "bad-page-refused",
            expected: "4xx",
            observed: { query, status: statusOf(answer) },
          });
        }
        context.negative("four pages that cannot be are refused");
        const plain = await list(context, "");
        context.observe("lifecycle.list.default-page-size", `a page has ${String(plain.pagination["pageSize"])} items`);
        const big = await context.lifecycle.call({ method: "GET", path: "/v1/sandboxes?pageSize=201" });
        context.observe("L15", `a page of 201 is ${statusOf(big)}`);
      },
    },
    "reads-agree": {
      title: "list and get show a sandbox alike",
      clauses: ["lifecycle.list.contains", "lifecycle.get.same"],
      async run(context) {
        const { id } = await context.sandbox({ fields: RICH_FIELDS });
        const listed = (await ofRun(context, { "rx-team": "ml" })).items.find((item) => item["id"] === id);
        const read = objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }));
        const shown = (item: Readonly<Record<string, unknown>> | undefined): unknown => [
          item?.["id"],
          item?.["createdAt"],
          item?.["expiresAt"],
          (item?.["status"] as { readonly state?: unknown } | undefined)?.state,
        ];
        context.must(listed !== undefined && JSON.stringify(shown(listed)) === JSON.stringify(shown(read)), {
          invariant: "list-and-get",
          expected: shown(read),
          observed: shown(listed),
        });
        context.positive("both show the same id, times and state");
        context.must(read["id"] === id && JSON.stringify(read["metadata"] ?? {}).includes("rx-team"), {
          invariant: "the-right-one",
          expected: id,
          observed: read["id"],
        });
        context.negative("and it is the one with its metadata");
      },
    },
  },
);
