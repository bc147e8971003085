import fc from "fast-check";
import { EMPTY, concat, from, map, of, throwError, type Observable } from "rxjs";
import { ApiError, createScope, type Api, type SandboxError, type StreamPart } from "@rxsandbox/transport";
import { createConnection, type SandboxConnection } from "@rxsandbox/transport/calls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Metrics } from "./metrics.js";
import { getMetrics, watchMetrics, type WatchMetricsOptions } from "./watch-metrics.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wire = (timestamp: number): object => ({
  cpu_count: 2,
  cpu_used_pct: 0.5,
  mem_total_mib: 100.25,
  mem_used_mib: 50,
  timestamp,
});
const metrics = (timestamp: number): Metrics => ({
  cpuCount: 2,
  cpuUsedPercentage: 0.5,
  memoryTotalMiB: 100.25,
  memoryUsedMiB: 50,
  timestamp,
});

function apiOf(stream: Observable<StreamPart>): { readonly api: Api; readonly polls: () => number } {
  let polls = 0;
  const api = {
    open: () => stream,
    explain: (error: SandboxError) => throwError(() => error),
    json: (_call: unknown, parse: (value: unknown) => unknown) =>
      of(undefined).pipe(map(() => parse(wire((polls += 1))))),
  } as unknown as Api;
  return { api, polls: () => polls };
}

/** All notifications at once. */
function seen(stream: Observable<StreamPart>, options: WatchMetricsOptions = {}): unknown[] {
  const list: unknown[] = [];
  watchMetrics(connectionOf(apiOf(stream).api), options).subscribe({
    next: (value) => void list.push(value),
    error: (error: { readonly code: string; readonly message: string }) => void list.push(error.code),
    complete: () => void list.push("complete"),
  });
  return list;
}

function chunks(text: string, cuts: readonly number[] = []): Observable<StreamPart> {
  const bytes = new TextEncoder().encode(text);
  const borders = [0, ...[...cuts].map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  return from(
    borders
      .slice(1)
      .map((border, index) => ({ kind: "chunk" as const, bytes: bytes.subarray(borders[index], border) })),
  );
}

const connectionOf = (api: Api): SandboxConnection =>
  createConnection({ api, scope: createScope(), capabilities: { connectionClose: true, streamingUpload: true } });

describe("watchMetrics", () => {
  it("gives the same values for any chunks, bare lines or server-sent events", () => {
    const lines = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom("", "data:", "data: "), fc.constantFrom("\n", "\n\n", "\r\n")),
    );
    fc.assert(
      fc.property(lines, fc.array(fc.nat(2000)), (wanted, cuts) => {
        const text = wanted
          .map(([timestamp, prefix, end]) => `${prefix}${JSON.stringify(wire(timestamp))}${end}`)
          .join("");
        expect(seen(chunks(text, cuts))).toEqual([
          ...wanted.map(([timestamp]) => metrics(timestamp)),
          "stream-truncated",
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("reads a last line without its end, and errors because the stream has one", () => {
    expect(seen(chunks(JSON.stringify(wire(7))))).toEqual([metrics(7), "stream-truncated"]);
  });

  it("errors on a line that reports an error, is not JSON, or is too long", () => {
    const good = `${JSON.stringify(wire(1))}\n`;
    expect(seen(chunks(`${good}{"error":"no /proc"}\n${good}`))).toEqual([metrics(1), "server-error"]);
    expect(seen(chunks(`${good}<html>\n`))).toEqual([metrics(1), "protocol"]);
    expect(seen(chunks("x".repeat(70_000)))).toEqual(["event-too-large"]);
  });

  it("leaves out what comes sooner than the interval", () => {
    const text = [1, 2, 3].map((timestamp) => `${JSON.stringify(wire(timestamp))}\n`).join("");
    expect(seen(chunks(text), { intervalSeconds: 1 })).toEqual([metrics(1), "stream-truncated"]);
  });

  it("polls where there is no stream, at the interval, until the unsubscribe", async () => {
    const { api, polls } = apiOf(throwError(() => new ApiError("not-found", "none", { status: 404 })));
    const list: number[] = [];
    const subscription = watchMetrics(connectionOf(api), { intervalSeconds: 5 }).subscribe(
      ({ timestamp }) => void list.push(timestamp),
    );
    await vi.advanceTimersByTimeAsync(10_100);
    expect(list).toEqual([1, 2, 3]);
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(polls()).toBe(3);
  });

  it("passes other errors on, and refuses wrong options", () => {
    expect(
      seen(
        concat(
          EMPTY,
          throwError(() => new ApiError("unavailable", "busy", { status: 503 })),
        ),
      ),
    ).toEqual(["unavailable"]);
    for (const intervalSeconds of [0, -1, Number.NaN, "1"]) {
      expect(() => seen(EMPTY, { intervalSeconds } as never)).toThrow(
        expect.objectContaining({ argument: "intervalSeconds" }),
      );
    }
    expect(() => seen(EMPTY, { interval: 1 } as never)).toThrow(expect.objectContaining({ argument: "interval" }));
  });
});

describe("watchMetrics over a server without a stream", () => {
  it("waits out an interval longer than a timer of the platform", async () => {
    const { api, polls } = apiOf(throwError(() => new ApiError("not-found", "no", { status: 404 })));
    const watching = watchMetrics(connectionOf(api), { intervalSeconds: 3e6 }).subscribe();
    await vi.advanceTimersByTimeAsync(3e9 - 1);
    expect(polls()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(polls()).toBe(2);
    watching.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("getMetrics", () => {
  it("takes absent numbers for 0 and refuses anything that is not an object", () => {
    const answer = (value: unknown): unknown[] => {
      const list: unknown[] = [];
      getMetrics({
        json: (_call: unknown, parse: (value: unknown) => unknown) => of(value).pipe(map(parse)),
      } as unknown as Api).subscribe({
        next: (found) => void list.push(found),
        error: (error: { readonly code: string }) => void list.push(error.code),
      });
      return list;
    };
    expect(answer({ cpu_count: 4 })).toEqual([
      { cpuCount: 4, cpuUsedPercentage: 0, memoryTotalMiB: 0, memoryUsedMiB: 0, timestamp: 0 },
    ]);
    for (const wrong of [null, [], 3]) expect(answer(wrong)).toEqual(["protocol"]);
  });
});
