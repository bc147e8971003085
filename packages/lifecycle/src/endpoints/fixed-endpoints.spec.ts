import { of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest, Endpoint } from "@rxsandbox/transport";
import { fakeApi, lost, unknownCommand } from "../testing/fake-api.js";
import { createFixedEndpoints } from "./fixed-endpoints.js";

const daemon = ({ path }: ApiRequest) => (path === "/ping" ? of(undefined) : unknownCommand());

/** A sandbox whose address and token the caller may change at any time. */
function world(answer: (request: ApiRequest, nth: number) => ReturnType<Parameters<typeof fakeApi>[0]> = daemon) {
  const now = { url: "http://h/one/proxy/44772", token: "a" };
  const root = fakeApi(answer);
  const roots: string[] = [];
  const endpoints = createFixedEndpoints({
    endpoint: () => ({ url: now.url, headers: { token: now.token }, access: "direct" }),
    withCredentials: (endpoint) => ({ ...endpoint, headers: { ...endpoint.headers, mine: "m" } }),
    probeApi: ({ url }) => (roots.push(url), root),
  });
  const seen: Endpoint[] = [];
  const resolve = (port = 44_772) => endpoints.daemon.resolve(port).subscribe((endpoint) => seen.push(endpoint));
  return { now, endpoints, resolve, seen, roots, asked: root.asked };
}

describe("createFixedEndpoints", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("looks for the daemon's root once per address, and sends the headers of now there", () => {
    const { now, resolve, seen, roots } = world();
    resolve();
    now.token = "b";
    resolve();
    now.url = "http://h/two/proxy/44772";
    resolve();
    expect(roots).toEqual(["http://h/one", "http://h/two"]);
    expect(seen.map(({ url, headers }) => [url, headers["token"], headers["mine"]])).toEqual([
      ["http://h/one", "a", "m"],
      ["http://h/one", "b", "m"],
      ["http://h/two", "b", "m"],
    ]);
  });

  it("leaves other ports and addresses as they are given", () => {
    const { now, endpoints, resolve, seen, roots } = world();
    resolve(80);
    endpoints.resolve(44_772).subscribe((endpoint) => seen.push(endpoint));
    now.url = "http://h:44772";
    resolve();
    expect(seen.map(({ url }) => url)).toEqual([
      "http://h/one/proxy/44772",
      "http://h/one/proxy/44772",
      "http://h:44772",
    ]);
    expect(roots).toEqual([]);
  });

  it("looks again for a root that was silent, after 10 s or when the address was dead, and for one that was found after 10 min", () => {
    const { endpoints, resolve, seen, asked } = world((request, nth) => (nth <= 2 ? lost() : daemon(request)));
    resolve();
    resolve();
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    resolve();
    expect(asked).toHaveLength(2);
    endpoints.daemon.invalidate(44_772);
    resolve();
    expect(asked).toHaveLength(4);
    vi.advanceTimersByTime(599_999);
    resolve();
    expect(asked).toHaveLength(4);
    vi.advanceTimersByTime(1);
    resolve();
    expect(asked).toHaveLength(6);
    expect(seen.map(({ url }) => url)).toEqual([
      ...Array<string>(3).fill("http://h/one/proxy/44772"),
      ...Array<string>(3).fill("http://h/one"),
    ]);
  });
});
