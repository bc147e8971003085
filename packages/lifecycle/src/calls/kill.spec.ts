import { of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "@rxsandbox/transport";
import { fakeApi, lost, refusal, wireSandbox } from "../testing/fake-api.js";
import { ensureKilled, killSandbox } from "./kill.js";

function outcome(kill: typeof killSandbox, answer: Parameters<typeof fakeApi>[0]) {
  const api = fakeApi(answer);
  const seen: unknown[] = [];
  kill(api, "s").subscribe({
    next: (value) => seen.push(value),
    error: (error) => seen.push(error),
    complete: () => seen.push("complete"),
  });
  vi.advanceTimersByTime(60_000);
  return { seen, asked: api.asked };
}
const notFound = () => refusal(404, "DOCKER::SANDBOX_NOT_FOUND", "not-found");
const busy = () => refusal(500, "DOCKER::SANDBOX_DELETE_FAILED");

describe("killSandbox", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("emits undefined once", () => {
    expect(outcome(killSandbox, () => of(undefined)).seen).toEqual([undefined, "complete"]);
  });

  it("errors not-found for an unknown sandbox", () => {
    expect(outcome(killSandbox, notFound).seen).toMatchObject([{ code: "not-found" }]);
  });

  it("waits for another delete under way", () => {
    const { seen, asked } = outcome(killSandbox, (request: ApiRequest, nth) =>
      request.method === "DELETE" ? busy() : nth < 4 ? of(wireSandbox("s", "Failed")) : notFound(),
    );
    expect(seen).toEqual([undefined, "complete"]);
    expect(asked).toEqual(["DELETE /sandboxes/s", "GET /sandboxes/s", "GET /sandboxes/s", "GET /sandboxes/s"]);
  });

  it("passes the refusal on when the sandbox stays", () => {
    expect(
      outcome(killSandbox, (request: ApiRequest) => (request.method === "DELETE" ? busy() : of(wireSandbox("s")))).seen,
    ).toMatchObject([{ serverCode: "DOCKER::SANDBOX_DELETE_FAILED" }]);
  });

  it("passes other failures on", () => {
    expect(outcome(killSandbox, () => lost()).seen).toMatchObject([{ code: "network" }]);
    expect(
      outcome(killSandbox, (request: ApiRequest) => (request.method === "DELETE" ? busy() : lost())).seen,
    ).toMatchObject([{ code: "network" }]);
  });
});

describe("ensureKilled", () => {
  it("takes an unknown sandbox for success", () => {
    vi.useFakeTimers();
    expect(outcome(ensureKilled, notFound).seen).toEqual([undefined, "complete"]);
    vi.useRealTimers();
  });
});
