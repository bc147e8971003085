import { of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { fakeApi, lost, refusal, wireSandbox } from "../testing/fake-api.js";
import { killOrphans } from "./orphans.js";

describe("killOrphans", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const page = (ids: readonly string[]) =>
    of({
      items: ids.map((id) => wireSandbox(id)),
      pagination: { page: 1, pageSize: 200, totalItems: ids.length, totalPages: 1, hasNextPage: false },
    });
  function outcome(lists: (nth: number) => ReturnType<typeof page>) {
    let nth = 0;
    const queries = new Set<unknown>();
    const api = fakeApi((request: ApiRequest) => {
      if (request.method === "DELETE") return of(undefined);
      queries.add(request.query?.["metadata"]);
      return lists(++nth);
    });
    let end: unknown;
    killOrphans(api, "c1").subscribe({ error: (error) => (end = error), complete: () => (end = "complete") });
    vi.advanceTimersByTime(60_000);
    expect([...queries]).toEqual(["rxsandbox.dev%2Fcreate-id=c1"]);
    return { end, asked: api.asked };
  }

  it("kills what it finds and looks no further", () => {
    expect(outcome(() => page(["a"]))).toEqual({ end: "complete", asked: ["GET /sandboxes", "DELETE /sandboxes/a"] });
  });

  it("looks again while a server that was cut off may still be creating", () => {
    expect(outcome((nth) => (nth === 1 ? lost() : page(nth === 3 ? ["a"] : []))).asked).toEqual([
      "GET /sandboxes",
      "GET /sandboxes",
      "GET /sandboxes",
      "DELETE /sandboxes/a",
    ]);
  });

  it("gives up after half a minute", () => {
    expect(outcome(() => page([]))).toEqual({ end: "complete", asked: Array(7).fill("GET /sandboxes") });
  });

  it("errors when the last look fails", () => {
    expect(outcome(() => refusal(500)).end).toMatchObject({ status: 500 });
  });
});
