import { of, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { fakeApi, fakeScope, refusal } from "../testing/fake-api.js";
import { createSnapshots } from "./snapshots.js";

const wire = (state: string, more: object = {}) => ({
  id: "n",
  sandboxId: "s",
  status: { state, ...more },
  createdAt: "2026-11-23T08:05:39.833580Z",
});

function world(answer: (request: ApiRequest, nth: number) => Observable<unknown>) {
  const requests: ApiRequest[] = [];
  const api = fakeApi((request, nth) => {
    requests.push(request);
    return answer(request, nth);
  });
  return { api, requests, snapshots: createSnapshots(createConnection({ api, scope: fakeScope() })) };
}

/** What a stream does within ten minutes. */
function story(source: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  source.subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push("complete"),
  });
  vi.advanceTimersByTime(600_000);
  return seen;
}

describe("createSnapshots", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("reads a snapshot with its dates", () => {
    const { snapshots } = world(() =>
      of({
        ...wire("Ready", { reason: "snapshot_runtime_ready", lastTransitionAt: "2026-11-23T08:05:40Z" }),
        name: "before-import",
      }),
    );
    expect(story(snapshots.get("n"))).toEqual([
      {
        id: "n",
        sandboxId: "s",
        name: "before-import",
        status: {
          state: "Ready",
          reason: "snapshot_runtime_ready",
          lastTransitionAt: new Date("2026-11-23T08:05:40Z"),
        },
        createdAt: new Date("2026-11-23T08:05:39.833Z"),
      },
      "complete",
    ]);
  });

  it.each([
    null,
    {},
    { id: "" },
    { id: "n" },
    { id: "n", sandboxId: "s" },
    { id: "n", sandboxId: "s", status: {} },
    { ...wire("Ready"), createdAt: "soon" },
  ])("refuses %j", (value) => {
    const { snapshots } = world(() => of(value));
    expect(story(snapshots.get("n"))).toMatchObject([{ code: "protocol" }]);
  });

  it("names what it asks for", () => {
    const { snapshots, requests } = world(() =>
      of({ items: [], pagination: { page: 1, pageSize: 20, totalItems: 0, totalPages: 0, hasNextPage: false } }),
    );
    story(snapshots.create("a:b", { name: " " }));
    story(snapshots.list({ sandboxId: "s", states: ["Ready", "Failed"], name: "n", page: 2, pageSize: 200 }));
    story(snapshots.listAll({ states: ["Ready"] }));
    expect(requests.map(({ method, path, query, json }) => [method, path, query ?? json])).toEqual([
      ["POST", "/sandboxes/a%3Ab/snapshots", { name: " " }],
      ["GET", "/snapshots", { sandboxId: "s", state: ["Ready", "Failed"], name: "n", page: 2, pageSize: 200 }],
      ["GET", "/snapshots", { state: ["Ready"], page: 1, pageSize: 200 }],
    ]);
  });

  it("refuses wrong arguments at the call and sends nothing", () => {
    const { snapshots, api } = world(() => of(undefined));
    const wrong: Record<string, () => unknown> = {
      sandboxId: () => snapshots.create(" "),
      name: () => snapshots.create("s", { name: "" }),
      nmae: () => snapshots.take("s", { nmae: "n" } as object),
      snapshotId: () => snapshots.get(""),
      pageSize: () => snapshots.list({ pageSize: 201 }),
      page: () => snapshots.listAll({ page: 1 } as object),
      "states[0]": () => snapshots.list({ states: [""] }),
    };
    for (const [argument, call] of Object.entries(wrong))
      expect(call, argument).toThrow(expect.objectContaining({ code: "invalid-argument", argument }));
    expect(api.asked).toEqual([]);
  });

  it("watches changes only and completes at Ready", () => {
    const states = ["Creating", "Creating", "Odd", "Odd", "Ready"];
    const { snapshots, api } = world((_, nth) => of(wire(states[nth - 1] ?? "too many")));
    expect(story(snapshots.watch("n"))).toMatchObject([
      { status: { state: "Creating" } },
      { status: { state: "Odd" } },
      { status: { state: "Ready" } },
      "complete",
    ]);
    expect(api.asked).toHaveLength(5);
    const again = world((_, nth) => of(wire(states[nth - 1] ?? "too many")));
    expect(story(again.snapshots.waitUntilReady("n"))).toMatchObject([{ status: { state: "Ready" } }, "complete"]);
  });

  it("errs after Failed with what the server says about it, and after Deleting", () => {
    const failed = world(() => of(wire("Failed", { reason: "snapshot_runtime_failed", message: "disk full" })));
    expect(story(failed.snapshots.watch("n"))).toMatchObject([
      { status: { state: "Failed" } },
      { code: "snapshot-failed", message: "Snapshot n is Failed: disk full [snapshot-failed]" },
    ]);
    expect(story(failed.snapshots.waitUntilReady("n"))).toMatchObject([{ code: "snapshot-failed" }]);
    const deleting = world(() => of(wire("Deleting")));
    expect(story(deleting.snapshots.waitUntilReady("n"))).toMatchObject([{ code: "invalid-state" }]);
  });

  it("gives a snapshot up that stays Creating a minute after nobody wants it", () => {
    const { snapshots, api } = world(({ method }) =>
      method === "DELETE"
        ? refusal(409, "SNAPSHOT::INVALID_STATE", "invalid-state")
        : of(wire(method === "POST" ? "Creating" : "Failed")),
    );
    expect(story(snapshots.take("s"))).toMatchObject([
      { status: { state: "Creating" } },
      { status: { state: "Failed" } },
      { code: "snapshot-failed" },
    ]);
    expect(api.asked.filter((call) => call.startsWith("DELETE"))).toHaveLength(21);
  });
});
