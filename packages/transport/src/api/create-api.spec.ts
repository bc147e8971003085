import { NEVER, Subject, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import { collect, get, lost, response, setUp } from "../testing/api-over.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("createApi", () => {
  describe("what is sent", () => {
    it("sends nothing before subscribe, and once more for each subscription", () => {
      const { api, transport } = setUp(() => of(response(200)));
      const call = api.empty(get);
      expect(transport.sent).toHaveLength(0);
      call.subscribe();
      call.subscribe();
      expect(transport.sent).toHaveLength(2);
    });

    it("joins base, path and query; leaves undefined out and repeats arrays", () => {
      const { api, transport } = setUp(() => of(response(200)));
      api.empty({ ...get, query: { a: "x y&z", b: undefined, c: ["1", "2"], d: 3, e: true, f: "\ud800" } }).subscribe();
      expect(transport.sent[0]?.url).toBe("http://host/base/things/1?a=x%20y%26z&c=1&c=2&d=3&e=true&f=%EF%BF%BD");
    });

    it("merges headers in lower case; the endpoint's win over the call's, those over the API's", () => {
      const endpoint: Endpoint = { url: "http://h", headers: { "X-B": "endpoint" }, access: "direct" };
      const { api, transport } = setUp(() => of(response(200)), {
        headers: { "X-A": "api", "x-b": "api", "X-C": "api" },
        target: () => of(endpoint),
      });
      api.empty({ ...get, headers: { "x-B": "call", "x-c": "call" } }).subscribe();
      expect(transport.sent[0]?.headers).toMatchObject({ "x-a": "api", "x-b": "endpoint", "x-c": "call" });
    });

    it("sends JSON with its content type", () => {
      const { api, transport } = setUp(() => of(response(200)));
      api.empty({ ...get, method: "POST", json: { a: 1 } }).subscribe();
      expect(transport.sent[0]).toMatchObject({ body: '{"a":1}', headers: { "content-type": "application/json" } });
    });

    it("asks for JSON where it needs it, unless the caller asks for something else", () => {
      const { api, transport } = setUp(() => of(response(200, {})));
      api.json(get, (value) => value).subscribe();
      api.json({ ...get, headers: { Accept: "x" } }, (value) => value).subscribe();
      api.empty(get).subscribe();
      expect(transport.sent.map(({ headers }) => headers["accept"])).toEqual(["application/json", "x", undefined]);
    });

    it("limits an attempt by the call's time, else by the client's, and not at all for null", () => {
      const { api, transport } = setUp(() => of(response(200)));
      api.empty(get).subscribe();
      api.empty({ ...get, timeoutMs: 5 }).subscribe();
      api.empty({ ...get, timeoutMs: null }).subscribe();
      expect(transport.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 5, undefined]);
    });

    it("passes idle time, length and connection close on", () => {
      const { api, transport } = setUp(() => of(response(200)));
      api.empty({ ...get, idleTimeoutMs: 7, contentLength: 9, closeConnection: true }).subscribe();
      expect(transport.sent[0]).toMatchObject({ idleTimeoutMs: 7, contentLength: 9, closeConnection: true });
    });
  });

  describe("request ids", () => {
    it("mints one per call, shared by its attempts", () => {
      const { api, transport } = setUp((_, nth) => (nth === 1 ? lost("reset") : of(response(200))));
      const seen = collect(api.request(get));
      vi.advanceTimersByTime(1000);
      const ids = transport.sent.map(({ headers }) => headers["x-request-id"]);
      expect(ids).toHaveLength(2);
      expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
      expect(ids[1]).toBe(ids[0]);
      expect(seen.values[0]?.requestId).toBe(ids[0]);
      collect(api.request(get));
      expect(transport.sent[2]?.headers["x-request-id"]).not.toBe(ids[0]);
    });

    it("lets the caller's win over the minted one, whatever its spelling, and the server's over both", () => {
      const { api, transport } = setUp((_, nth) =>
        of(response(nth === 1 ? 200 : 404, "", nth === 1 ? {} : { "x-request-id": "server" })),
      );
      expect(collect(api.request({ ...get, headers: { "X-Request-ID": "mine" } })).values[0]?.requestId).toBe("mine");
      expect(transport.sent[0]?.headers["x-request-id"]).toBe("mine");
      expect(collect(api.request({ ...get, headers: { "X-Request-ID": "mine" } })).error?.requestId).toBe("server");
    });

    it("are on errors without an answer and on wrong bodies too", () => {
      const { api, transport } = setUp((_, nth) => (nth === 1 ? lost("timeout") : of(response(200, "<html>"))), {
        retry: false,
      });
      expect(collect(api.empty(get)).error?.requestId).toBe(transport.sent[0]?.headers["x-request-id"]);
      expect(collect(api.json(get, (value) => value)).error?.requestId).toBe(
        transport.sent[1]?.headers["x-request-id"],
      );
    });
  });

  describe("answers", () => {
    it("decides by the status, never by the body", () => {
      const { api } = setUp((_, nth) => of(response([204, 500, 404][nth - 1] ?? 0)), { retry: false });
      expect(collect(api.empty(get))).toMatchObject({ values: [undefined], done: true });
      expect(collect(api.empty(get)).error).toMatchObject({ code: "server-error", status: 500 });
      expect(collect(api.empty(get)).error).toMatchObject({ code: "not-found", status: 404 });
    });

    it.each([
      ["HTML", "<html>s3cret-value</html>"],
      ["nothing", ""],
      ["half", '{"a":'],
    ])("takes %s in place of JSON for a protocol error that does not quote it", (_, body) => {
      const { api } = setUp(() => of(response(200, body)));
      const { error } = collect(api.json(get, (value) => value));
      expect(error).toMatchObject({ code: "protocol", name: "ProtocolError", status: 200 });
      expect(error?.message).toBe("Get thing (GET /things/1): the answer (200) is not JSON [protocol]");
      expect(error?.cause).toBeUndefined();
    });

    it("makes a protocol error of whatever the parser throws", () => {
      const { api } = setUp(() => of(response(200, {})));
      const { error } = collect(api.json(get, (value) => (value as { a: { b: unknown } }).a.b));
      expect(error).toMatchObject({
        code: "protocol",
        message: "Get thing (GET /things/1): the answer has an unexpected shape [protocol]",
      });
      expect(error?.cause).toBeInstanceOf(TypeError);
    });

    it.each([301, 302, 307, 308, 304])("refuses the redirect %i without showing where to", (status) => {
      const { api, transport } = setUp(() => of(response(status, "", { location: "http://elsewhere/token" })));
      const { error } = collect(api.empty(get));
      expect(error).toMatchObject({ code: "protocol", status });
      expect(error?.message).not.toContain("elsewhere");
      expect(transport.sent).toHaveLength(1);
    });

    it("refuses a redirect that the platform hides", () => {
      const { api } = setUp(() => lost("redirect"));
      expect(collect(api.empty(get)).error).toMatchObject({ code: "protocol", name: "ProtocolError" });
    });

    it("names what failed, method and path, the server's words, and no secret of the call", () => {
      const endpoint: Endpoint = {
        url: "http://h/route-token",
        headers: { "x-token": "endpoint-token" },
        access: "direct",
      };
      const body = { code: "X", message: "no endpoint-token, env-secret-1 nor s3cret-value here" };
      const { api } = setUp(() => of(response(400, body)), { target: () => of(endpoint) });
      const { error } = collect(
        api.empty({ ...get, method: "POST", query: { token: "q" }, json: { env: { A: "env-secret-1" } } }),
      );
      expect(error?.message).toBe("Get thing (POST /things/1): no ***, *** nor *** here [invalid-request]");
      expect(error?.body).toEqual({ code: "X", message: "no ***, *** nor *** here" });
    });

    it("errors when the transport ends without an answer", () => {
      const { api } = setUp(() => of());
      expect(collect(api.empty(get)).error?.code).toBe("protocol");
    });
  });

  describe("retries", () => {
    it("repeats a GET that got no answer, at most as often as allowed", () => {
      const { api, transport } = setUp(() => lost("reset"), {
        retry: { maxAttempts: 4, baseDelayMs: 100, maxDelayMs: 1000 },
      });
      const seen = collect(api.empty(get));
      expect(transport.sent).toHaveLength(1);
      vi.advanceTimersByTime(10_000);
      expect(transport.sent).toHaveLength(4);
      expect(seen.error).toMatchObject({ code: "network", attempts: 4, retryable: true });
    });

    it("repeats a POST only when it provably never left", () => {
      const unsent = setUp((_, nth) => (nth === 1 ? lost("connect", false) : of(response(200))));
      const post: ApiRequest = { ...get, method: "POST", json: {} };
      const seen = collect(unsent.api.empty(post));
      vi.advanceTimersByTime(1000);
      expect(seen.done).toBe(true);
      for (const failure of [lost("connect", true), lost("reset"), lost("timeout"), of(response(503))]) {
        const { api, transport } = setUp(() => failure);
        const refused = collect(api.empty(post));
        vi.advanceTimersByTime(10_000);
        expect(transport.sent).toHaveLength(1);
        expect(refused.error?.attempts).toBe(1);
      }
    });

    it("follows the caller's word on what is idempotent, and noRetry over all", () => {
      const count = (call: ApiRequest) => {
        const { api, transport } = setUp(() => of(response(503)));
        collect(api.empty(call));
        vi.advanceTimersByTime(60_000);
        return transport.sent.length;
      };
      expect(count({ ...get, method: "POST", idempotent: true })).toBe(3);
      expect(count({ ...get, idempotent: false })).toBe(1);
      expect(count({ ...get, noRetry: true })).toBe(1);
    });

    it("never sends a body again that can be read once only", () => {
      const { api, transport } = setUp(() => lost("connect", false));
      collect(api.empty({ ...get, method: "PUT", body: (async function* () {})() }));
      vi.advanceTimersByTime(60_000);
      expect(transport.sent).toHaveLength(1);
    });

    it("waits as long as the server asks, within the bound", () => {
      const { api, transport } = setUp((_, nth) => of(response(nth === 1 ? 429 : 200, "", { "retry-after": "3" })));
      collect(api.empty(get));
      vi.advanceTimersByTime(2999);
      expect(transport.sent).toHaveLength(1);
      vi.advanceTimersByTime(1);
      expect(transport.sent).toHaveLength(2);
    });

    it("forgets the address before it is looked up again after a refused connection", () => {
      const urls = ["http://old", "http://new"];
      const target = () => of<Endpoint>({ url: urls[0] ?? "", headers: {}, access: "direct" });
      const { api, transport } = setUp(
        (request) => (request.url.startsWith("http://old") ? lost("connect") : of(response(200))),
        { target, invalidate: () => void urls.shift() },
      );
      const seen = collect(api.empty(get));
      vi.advanceTimersByTime(1000);
      expect(seen.done).toBe(true);
      expect(transport.sent.map(({ url }) => url)).toEqual(["http://old/things/1", "http://new/things/1"]);
    });

    it("does not repeat a failed look-up of the address, which its own API has repeated", () => {
      let looks = 0;
      const { api } = setUp(() => of(response(200)), { target: () => throwError(() => (looks++, new Error("gone"))) });
      expect(collect(api.empty(get)).error?.code).toBe("network");
      expect(looks).toBe(1);
    });

    it("stops waiting on unsubscribe", () => {
      const { api, transport } = setUp(() => lost("reset"));
      collect(api.empty(get)).unsubscribe();
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(60_000);
      expect(transport.sent).toHaveLength(1);
    });
  });

  it("aborts the exchange and the look-up on unsubscribe", () => {
    const { api, transport } = setUp(() => NEVER);
    collect(api.empty(get)).unsubscribe();
    expect(transport.aborted()).toBe(1);
    const looking = new Subject<Endpoint>();
    const other = setUp(() => NEVER, { target: () => looking });
    collect(other.api.empty(get)).unsubscribe();
    expect(looking.observed).toBe(false);
  });

  it("emits events without queries or headers", () => {
    const { api, events, transport } = setUp((_, nth) => (nth === 1 ? of(response(503)) : of(response(404))));
    collect(api.empty({ ...get, query: { q: "s3cret-value" } }));
    vi.advanceTimersByTime(1000);
    expect(events.map(({ type }) => type)).toEqual(["request", "response", "retry", "request", "response", "failed"]);
    expect(JSON.stringify(events)).not.toContain("s3cret");
    expect(events[0]).toEqual({
      type: "request",
      requestId: transport.sent[0]?.headers["x-request-id"],
      method: "GET",
      path: "/things/1",
      attempt: 1,
    });
  });

  it("is not disturbed by an observer of events that throws", () => {
    const { api } = setUp(() => of(response(200)), {
      events: {
        next: () => {
          throw new Error("observer");
        },
      },
    });
    expect(collect(api.empty(get)).done).toBe(true);
    expect(vi.getTimerCount()).toBe(2);
    expect(() => vi.runAllTimers()).toThrow("observer");
    vi.clearAllTimers();
  });
});
