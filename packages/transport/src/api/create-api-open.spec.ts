import { NEVER, concat, of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chunk, collect, get, head, lost, setUp } from "../testing/api-over.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("createApi, open", () => {
  it("emits the head and the chunks", () => {
    const { api } = setUp(() => of(head(200), chunk("a"), chunk("b")));
    const seen = collect(api.open(get));
    expect(seen.values.map(({ kind }) => kind)).toEqual(["head", "chunk", "chunk"]);
    expect(seen.done).toBe(true);
  });

  it("reads the body of an error answer", () => {
    const { api } = setUp(() =>
      of(head(404, { "x-request-id": "r" }), chunk('{"code":"FILE_NOT_FOUND",'), chunk('"message":"file not found"}')),
    );
    const seen = collect(api.open(get));
    expect(seen.values).toEqual([]);
    expect(seen.error).toMatchObject({
      code: "not-found",
      serverCode: "FILE_NOT_FOUND",
      requestId: "r",
      body: { message: "file not found" },
    });
  });

  it("reads at most 64 KiB of it, then ends the exchange", () => {
    const { api, transport } = setUp(() =>
      concat(of(head(500), chunk("x".repeat(60_000)), chunk("x".repeat(60_000))), NEVER),
    );
    expect(String(collect(api.open(get)).error?.body)).toHaveLength(65_536);
    expect(transport.aborted()).toBe(1);
  });

  it("reads it for at most 5 s and then errors with what came", () => {
    const { api, transport } = setUp(() => concat(of(head(500), chunk("half")), NEVER));
    const seen = collect(api.open(get));
    vi.advanceTimersByTime(4999);
    expect(seen.error).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(seen.error).toMatchObject({ code: "server-error", body: "half" });
    expect(transport.aborted()).toBe(1);
  });

  it("errors with the status although the error's body breaks", () => {
    const { api } = setUp(() => concat(of(head(403)), lost("reset")));
    expect(collect(api.open(get)).error).toMatchObject({ code: "forbidden", status: 403 });
  });

  it("is repeated only when nothing left", () => {
    const unsent = setUp((_, nth) => (nth === 1 ? lost("connect", false) : of(head(200))));
    const seen = collect(unsent.api.open({ ...get, method: "POST" }));
    vi.advanceTimersByTime(1000);
    expect(seen.done).toBe(true);
    for (const [answer, code] of [
      [lost("reset"), "network"],
      [of(head(503)), "unavailable"],
      [concat(of(head(200)), lost("reset")), "network"],
    ] as const) {
      const { api, transport } = setUp(() => answer);
      const failed = collect(api.open(get));
      vi.advanceTimersByTime(60_000);
      expect(transport.sent).toHaveLength(1);
      expect(failed.error?.code).toBe(code);
    }
  });
});
