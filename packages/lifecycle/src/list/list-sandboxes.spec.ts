import { of, take, toArray, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { fakeApi, wireSandbox } from "../testing/fake-api.js";
import { listAll, listPage } from "./list-sandboxes.js";

const page = (ids: readonly string[], number: number, hasNextPage: boolean) =>
  of({
    items: ids.map((id) => wireSandbox(id)),
    pagination: { page: number, pageSize: 200, totalItems: 9, totalPages: 3, hasNextPage },
  });
function ids(source: Observable<{ id: string }>): string[] {
  let seen: string[] = [];
  source.pipe(toArray()).subscribe((all) => (seen = all.map(({ id }) => id)));
  return seen;
}

describe("listPage", () => {
  it("encodes the filter once per part and leaves the rest to the query layer", () => {
    const queries: unknown[] = [];
    const api = fakeApi(({ query }: ApiRequest) => {
      queries.push(query);
      return page([], 1, false);
    });
    listPage(api, { states: ["Running", "Paused"], metadata: { "a/b": "c d&e" }, page: 2, pageSize: 7 }).subscribe();
    expect(queries).toEqual([{ state: ["Running", "Paused"], metadata: "a%2Fb=c%20d%26e", page: 2, pageSize: 7 }]);
  });

  it.each([
    null,
    {},
    { items: [] },
    { items: {}, pagination: { hasNextPage: false } },
    { items: [{}], pagination: { hasNextPage: false } },
  ])("refuses %j", (answer) => {
    let code: unknown;
    listPage(
      fakeApi(() => of(answer)),
      {},
    ).subscribe({ error: (error: { code: string }) => (code = error.code) });
    expect(code).toBe("protocol");
  });
});

describe("listAll", () => {
  it("asks page after page and leaves repeated items out", () => {
    const api = fakeApi(
      ({ query }: ApiRequest) =>
        ({ 1: page(["a", "b"], 1, true), 2: page(["b", "c"], 2, true), 3: page(["d"], 3, false) })[
          query?.["page"] as 1 | 2 | 3
        ],
    );
    const all = listAll(api, {});
    expect(ids(all)).toEqual(["a", "b", "c", "d"]);
    expect(ids(all)).toEqual(["a", "b", "c", "d"]);
  });

  it("asks for no page that nobody wants", () => {
    const api = fakeApi(() => page(["a", "b"], 1, true));
    expect(ids(listAll(api, {}).pipe(take(2)))).toEqual(["a", "b"]);
    expect(api.asked).toHaveLength(1);
  });

  it("ends at an empty page that promises more", () => {
    expect(
      ids(
        listAll(
          fakeApi(() => page([], 1, true)),
          {},
        ),
      ),
    ).toEqual([]);
  });
});
