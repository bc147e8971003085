import { NEVER, Subject, of } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiRequest, Endpoint } from "@rxsandbox/transport";
import type { Access } from "../access.js";
import { fakeApi, heardClock, lost, refusal, unknownCommand, wireSandbox } from "../testing/fake-api.js";
import { createEndpointDirectory } from "./endpoint-directory.js";

function directoryOf(
  answer: (request: ApiRequest, nth: number) => ReturnType<Parameters<typeof fakeApi>[0]>,
  access: Access = "direct",
  clock = heardClock(),
) {
  const queries: unknown[] = [];
  const api = fakeApi((request, nth) => {
    queries.push(request.query);
    return answer(request, nth);
  });
  const secrets: string[] = [];
  const directory = createEndpointDirectory({
    api,
    access,
    endpointProtocol: "http",
    sandboxHeaders: { "X-Mine": "m" },
    controlPlane: { origin: "https://cp.example", apiKey: "KEY" },
    clock,
    onSecret: (secret) => secrets.push(secret),
  });
  return { directory, asked: api.asked, queries, secrets };
}

describe("createEndpointDirectory", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shares one look-up and remembers it", () => {
    const answer = new Subject<unknown>();
    const { directory, asked } = directoryOf(() => answer);
    const seen: Endpoint[] = [];
    directory
      .source("s")
      .resolve(1)
      .subscribe((endpoint) => seen.push(endpoint));
    directory.look("s", 1).subscribe((endpoint) => seen.push(endpoint));
    answer.next({ endpoint: "h:1" });
    answer.complete();
    directory
      .source("s")
      .resolve(1)
      .subscribe((endpoint) => seen.push(endpoint));
    expect(asked).toHaveLength(1);
    expect(seen.map(({ url }) => url)).toEqual(["http://h:1", "http://h:1", "http://h:1"]);
    directory.source("s").resolve(2).subscribe();
    directory.source("t").resolve(1).subscribe();
    expect(asked).toHaveLength(3);
  });

  it("shows the caller what the server handed out and adds the rest for calls of the client", () => {
    const { directory, secrets } = directoryOf(
      () => of({ endpoint: "cp.example/sandboxes/s/proxy/1", headers: { "X-Token": "t" } }),
      "proxy",
    );
    const seen: Endpoint[] = [];
    directory.look("s", 1).subscribe((endpoint) => seen.push(endpoint));
    directory
      .source("s")
      .resolve(1)
      .subscribe((endpoint) => seen.push(endpoint));
    expect(seen).toEqual([
      { url: "https://cp.example/sandboxes/s/proxy/1", headers: { "x-token": "t" }, access: "proxy" },
      {
        url: "https://cp.example/sandboxes/s/proxy/1",
        headers: { "x-token": "t", "x-mine": "m", "open-sandbox-api-key": "KEY" },
        access: "proxy",
      },
    ]);
    expect(secrets).toEqual(["t"]);
  });

  it("asks for the proxy or for a signed route", () => {
    vi.setSystemTime(1_000_000_000_000);
    const proxy = directoryOf(() => NEVER, "proxy");
    proxy.directory.look("s", 1).subscribe();
    expect(proxy.queries).toEqual([{ use_server_proxy: true, expires: undefined }]);
    const signed = directoryOf(() => NEVER, { kind: "signed", ttlSeconds: 60 });
    signed.directory.look("s", 1).subscribe();
    expect(signed.queries).toEqual([{ use_server_proxy: undefined, expires: 1_000_000_060 }]);
  });

  it.each([3_600_000, -3_600_000])("signs a route by the server's clock, which is %d ms ahead", (aheadMs) => {
    vi.setSystemTime(1_000_000_000_000);
    const { directory, queries } = directoryOf(() => NEVER, { kind: "signed", ttlSeconds: 60 }, heardClock(aheadMs));
    directory.look("s", 1).subscribe();
    expect(queries).toEqual([{ use_server_proxy: undefined, expires: 1_000_000_060 + aheadMs / 1000 }]);
  });

  it("reads the fate of a sandbox once for all who ask at the same time", () => {
    const answer = new Subject<unknown>();
    const { directory, asked } = directoryOf(() => answer);
    const { readFate } = directory.source("s");
    const fates: unknown[] = [];
    for (let nth = 0; nth < 3; nth += 1) readFate?.().subscribe((fate) => fates.push(fate));
    answer.next(wireSandbox("s", "Failed"));
    answer.complete();
    expect(asked).toEqual(["GET /sandboxes/s"]);
    const fate = { sandboxId: "s", state: "Failed", isGone: true };
    expect(fates).toEqual([fate, fate, fate]);
  });

  it.each([
    ["a running sandbox", of(wireSandbox("s")), { sandboxId: "s", state: "Running", isGone: false }],
    ["a paused one", of(wireSandbox("s", "Paused")), { sandboxId: "s", state: "Paused", isGone: false }],
    ["a terminated one", of(wireSandbox("s", "Terminated")), { sandboxId: "s", state: "Terminated", isGone: true }],
    [
      "an unknown one",
      refusal(404, "DOCKER::SANDBOX_NOT_FOUND", "not-found"),
      { sandboxId: "s", state: undefined, isGone: true },
    ],
    ["a route that is not there", refusal(404, undefined, "not-found"), "error"],
    ["a server that fails", refusal(500), "error"],
  ])("reads the fate of %s", (_, answer, expected) => {
    let fate: unknown = "nothing";
    directoryOf(() => answer)
      .directory.source("s")
      .readFate?.()
      .subscribe({ next: (read) => (fate = read), error: () => (fate = "error") });
    expect(fate).toEqual(expected);
  });

  it("renews a signed route before it ends", () => {
    const { directory, asked } = directoryOf(() => of({ endpoint: "h/s/1/x/y" }), { kind: "signed", ttlSeconds: 60 });
    directory.look("s", 1).subscribe();
    vi.advanceTimersByTime(47_000);
    directory.look("s", 1).subscribe();
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    directory.look("s", 1).subscribe();
    expect(asked).toHaveLength(2);
  });

  it("does not remember a failure", () => {
    const { directory, asked } = directoryOf((_, nth) => (nth === 1 ? refusal(500) : of({ endpoint: "h" })));
    const seen: string[] = [];
    const watch = { next: ({ url }: Endpoint) => seen.push(url), error: () => seen.push("error") };
    directory.look("s", 1).subscribe(watch);
    directory.look("s", 1).subscribe(watch);
    expect(seen).toEqual(["error", "http://h"]);
    expect(asked).toHaveLength(2);
  });

  it("starts a look-up again when it is forgotten while it runs", () => {
    const answers = [new Subject<unknown>(), new Subject<unknown>()];
    const { directory, asked } = directoryOf((_, nth) => answers[nth - 1] ?? of({ endpoint: "third" }));
    const seen: string[] = [];
    directory.look("s", 1).subscribe(({ url }) => seen.push(url));
    directory.source("s").invalidate(1);
    expect(answers[0]?.observed).toBe(false);
    directory.look("s", 1).subscribe(({ url }) => seen.push(url));
    answers[1]?.next({ endpoint: "new" });
    answers[1]?.complete();
    expect(seen).toEqual(["http://new", "http://new"]);
    expect(asked).toHaveLength(2);
    directory.forget("s");
    directory.look("s", 1).subscribe(({ url }) => seen.push(url));
    expect(seen[2]).toBe("http://third");
  });

  it("signs a route as often as it is asked to and remembers none", () => {
    const { directory, queries } = directoryOf((_, nth) => of({ endpoint: `h/${nth}` }));
    const seen: Endpoint[] = [];
    const signed = directory.sign("s", 1, 1_900_000_000);
    signed.subscribe((endpoint) => seen.push(endpoint));
    signed.subscribe((endpoint) => seen.push(endpoint));
    directory.look("s", 1).subscribe((endpoint) => seen.push(endpoint));
    expect(seen.map(({ url, access }) => `${access} ${url}`)).toEqual([
      "signed http://h/1",
      "signed http://h/2",
      "direct http://h/3",
    ]);
    expect(queries).toEqual([{ expires: 1_900_000_000 }, { expires: 1_900_000_000 }, {}]);
  });

  it("aborts a look-up that nobody waits for any more", () => {
    const answer = new Subject<unknown>();
    const { directory } = directoryOf(() => answer);
    const both = [directory.look("s", 1).subscribe(), directory.look("s", 1).subscribe()];
    both[0]?.unsubscribe();
    expect(answer.observed).toBe(true);
    both[1]?.unsubscribe();
    expect(answer.observed).toBe(false);
  });

  it("holds at most 1024 sandboxes", () => {
    const { directory, asked } = directoryOf(() => of({ endpoint: "h" }));
    for (let n = 0; n <= 1024; n += 1) directory.look(`s${n}`, 1).subscribe();
    directory.look("s1024", 1).subscribe();
    expect(asked).toHaveLength(1025);
    directory.look("s0", 1).subscribe();
    expect(asked).toHaveLength(1026);
  });
});

describe("createEndpointDirectory, looking for a daemon", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A directory of sandboxes at `h/<n>/proxy/44772`, `n` counting look-ups; `answer` gives what their roots answer. */
  function world(
    answer: (request: ApiRequest, nth: number) => ReturnType<Parameters<typeof fakeApi>[0]>,
    access: Access = "direct",
  ) {
    const api = fakeApi((_, nth) => of({ endpoint: `h/${nth}/proxy/44772`, headers: { "X-Token": "t" } }));
    const roots: Endpoint[] = [];
    const root = fakeApi(answer);
    const directory = createEndpointDirectory({
      api,
      access,
      endpointProtocol: "http",
      sandboxHeaders: { "X-Mine": "m" },
      controlPlane: { origin: "http://cp", apiKey: "KEY" },
      clock: heardClock(),
      probeApi: (endpoint) => (roots.push(endpoint), root),
    });
    const urls: string[] = [];
    const resolve = () =>
      directory
        .source("s")
        .daemon.resolve(44772)
        .subscribe(({ url }) => urls.push(url));
    return { directory, resolve, urls, roots, asked: root.asked };
  }
  const daemon = ({ path }: ApiRequest) => (path === "/ping" ? of(undefined) : unknownCommand());

  it("calls it at its root, with the headers of the address that was handed out", () => {
    const { directory, resolve, urls, roots } = world(daemon);
    resolve();
    const headers = { "x-token": "t", "x-mine": "m" };
    expect(roots).toEqual([{ url: "http://h/1", headers, access: "direct" }]);
    directory
      .source("s")
      .daemon.resolve(44772)
      .subscribe((endpoint) => expect(endpoint).toEqual({ url: "http://h/1", headers, access: "direct" }));
    expect(urls).toEqual(["http://h/1"]);
  });

  it("leaves the address of other ports, and of those who ask for it as it was handed out", () => {
    const { directory, roots } = world(daemon);
    const seen: string[] = [];
    directory
      .source("s")
      .resolve(44772)
      .subscribe(({ url }) => seen.push(url));
    directory.look("s", 44772).subscribe(({ url }) => seen.push(url));
    directory
      .source("s")
      .daemon.resolve(80)
      .subscribe(({ url }) => seen.push(url));
    expect(seen).toEqual(["http://h/1/proxy/44772", "http://h/1/proxy/44772", "http://h/2/proxy/44772"]);
    expect(roots).toEqual([]);
  });

  it("asks once for those who ask at the same time, and remembers the answer as long as the address", () => {
    const status = new Subject<never>();
    const { resolve, urls, asked } = world(({ path }) => (path === "/ping" ? of(undefined) : status));
    resolve();
    resolve();
    expect(asked).toHaveLength(1);
    unknownCommand().subscribe(status);
    resolve();
    expect(urls).toEqual(["http://h/1", "http://h/1", "http://h/1"]);
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(599_999);
    resolve();
    expect(asked).toHaveLength(2);
  });

  it("looks for the root of an address that was looked up anew", () => {
    const { resolve, urls, asked, directory } = world(daemon);
    resolve();
    vi.advanceTimersByTime(600_000);
    resolve();
    directory.source("s").daemon.invalidate(44772);
    resolve();
    directory.forget("s");
    resolve();
    expect(urls).toEqual(["http://h/1", "http://h/2", "http://h/3", "http://h/4"]);
    expect(asked).toHaveLength(8);
  });

  it("takes the address as it was handed out where something else answers, for as long as it is remembered", () => {
    const { resolve, urls, asked } = world(() => refusal(404));
    resolve();
    vi.advanceTimersByTime(599_999);
    resolve();
    expect(urls).toEqual(["http://h/1/proxy/44772", "http://h/1/proxy/44772"]);
    expect(asked).toHaveLength(1);
  });

  it("takes it for 10 s where nothing answers, and looks again then, or when the daemon is not there either", () => {
    const { directory, resolve, urls, asked } = world((request, nth) => (nth <= 2 ? lost() : daemon(request)));
    resolve();
    vi.advanceTimersByTime(9999);
    resolve();
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    resolve();
    expect(asked).toHaveLength(2);
    directory
      .source("s")
      .reach(fakeApi(() => lost()))
      .subscribe({ error: () => undefined });
    resolve();
    expect(urls).toEqual([...Array<string>(3).fill("http://h/1/proxy/44772"), "http://h/1"]);
  });

  it("starts running look-ups again when the address is forgotten, and aborts those without a subscriber", () => {
    const status = new Subject<never>();
    const { directory, resolve, urls, roots } = world((request, nth) =>
      nth === 1 || nth === 4 ? status : daemon(request),
    );
    resolve();
    directory.forget("s");
    expect([urls, roots.map(({ url }) => url)]).toEqual([["http://h/2"], ["http://h/1", "http://h/2"]]);
    directory.forget("s");
    resolve().unsubscribe();
    expect(status.observed).toBe(false);
  });

  it.each<Access>(["proxy", { kind: "signed", ttlSeconds: 60 }])("looks for none by access %j", (access) => {
    const { resolve, urls, roots } = world(daemon, access);
    resolve();
    expect([urls, roots]).toEqual([["http://h/1/proxy/44772"], []]);
  });
});
