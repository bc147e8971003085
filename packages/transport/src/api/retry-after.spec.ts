import { defer, of, throwError, type Observable } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SandboxError } from "../errors/sandbox-error.js";
import { createTransportFailure } from "../errors/transport-failure.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { Transport, TransportResponse } from "../ports/transport.js";
import { createRedactor } from "../redaction/redactor.js";
import type { ApiOptions } from "./api-options.js";
import { createApi } from "./create-api.js";

function outcomeOf(answer: (nth: number) => Observable<TransportResponse>, options: Partial<ApiOptions> = {}) {
  const seen: { sent: number; error?: SandboxError; done: boolean; readonly events: ClientEvent[] } = {
    sent: 0,
    done: false,
    events: [],
  };
  const transport = { request: () => defer(() => answer((seen.sent += 1))) } as unknown as Transport;
  const api = createApi({
    transport,
    target: () => of({ url: "http://h:81/base", headers: {}, access: "direct" }),
    requestTimeoutMs: 30_000,
    redact: createRedactor(),
    events: { next: (event) => void seen.events.push(event) },
    ...options,
  });
  api
    .empty({ what: "Get thing", method: "GET", path: "/x" })
    .subscribe({ error: (error: SandboxError) => (seen.error = error), complete: () => (seen.done = true) });
  return seen;
}

const busy = (headers: Record<string, string>) => of({ status: 429, headers, body: new Uint8Array() });
const ok = of({ status: 200, headers: {}, body: new Uint8Array() });

describe("createApi, asked to come back later", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["seconds", () => ({ "retry-after": "30" })],
    ["a date, by the server's clock, which is an hour ahead", () => dates(3_600_000)],
    ["a date, by the server's clock, which is an hour behind", () => dates(-3_600_000)],
  ])("waits exactly as long as the server says in %s", (_, headers) => {
    const seen = outcomeOf((nth) => (nth === 1 ? busy(headers()) : ok), { retry: { maxDelayMs: 60_000 } });
    vi.advanceTimersByTime(29_999);
    expect(seen.sent).toBe(1);
    vi.advanceTimersByTime(1);
    expect(seen).toMatchObject({ sent: 2, done: true });
    expect(seen.events.find(({ type }) => type === "retry")).toMatchObject({
      delayMs: 30_000,
      cause: { retryAfterSeconds: 30 },
    });
  });

  it("gives up at once when that is longer than one wait may last, and says how long it is", () => {
    const seen = outcomeOf(() => busy({ "retry-after": "30" }));
    expect(seen).toMatchObject({
      sent: 1,
      error: { code: "unavailable", retryable: true, retryAfterSeconds: 30, attempts: 1 },
    });
    expect(seen.error?.message).toContain("; try again in 30 s");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("createApi, without a connection", () => {
  it("names the address, and recommends the proxy for one that was looked up", () => {
    const refuse = () =>
      throwError(() =>
        createTransportFailure("connect", "m", {
          sent: false,
          cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }),
        }),
      );
    const message = "Get thing (GET /x): cannot connect to h:81 (ECONNREFUSED)";
    expect(outcomeOf(refuse, { retry: false }).error?.message).toBe(`${message} [network]`);
    expect(outcomeOf(refuse, { retry: false, invalidate: () => undefined }).error?.message).toBe(
      `${message}; if sandboxes cannot be reached from here, create the client with access: "proxy" [network]`,
    );
  });
});

function dates(offsetMs: number): Record<string, string> {
  const serverMs = Math.floor((Date.now() + offsetMs) / 1000) * 1000;
  return { "retry-after": new Date(serverMs + 30_000).toUTCString(), date: new Date(serverMs).toUTCString() };
}
