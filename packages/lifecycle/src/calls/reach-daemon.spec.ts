import { of, throwError, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createEndpointDirectory } from "../endpoints/endpoint-directory.js";
import { fakeApi, heardClock, lost, refusal, unknownCommand } from "../testing/fake-api.js";

type Script = (path: string) => Observable<unknown>;

/** A sandbox whose root and whose address as handed out answer by script; remembers who was asked what. */
function world({ root, handedOut }: { readonly root: Script; readonly handedOut: Script }) {
  const calls: string[] = [];
  const script = (name: string, answer: Script) =>
    fakeApi(({ path }) => (calls.push(`${name} ${path.replace(/[0-9a-f]{32}$/, ":id")}`), answer(path)));
  const directory = createEndpointDirectory({
    api: fakeApi(() => of({ endpoint: "h/proxy/44772" })),
    access: "direct",
    endpointProtocol: "http",
    sandboxHeaders: {},
    controlPlane: { origin: "http://cp", apiKey: "k" },
    clock: heardClock(),
    probeApi: () => script("root", root),
  });
  const execd = script("daemon", handedOut);
  const outcomes: string[] = [];
  const reach = () =>
    directory
      .source("s")
      .reach(execd)
      .subscribe({ next: () => outcomes.push("there"), error: () => outcomes.push("error") });
  return { calls, reach, outcomes };
}

const daemon: Script = (path) => (path === "/ping" ? of(undefined) : unknownCommand());

describe("reachDaemon", () => {
  it("takes the ping of a root that is found for its own, and pings it the next time", () => {
    const { calls, reach, outcomes } = world({ root: daemon, handedOut: () => of(undefined) });
    reach();
    expect(calls).toEqual(["root /command/status/:id", "root /ping"]);
    reach();
    expect(calls.slice(2)).toEqual(["daemon /ping"]);
    expect(outcomes).toEqual(["there", "there"]);
  });

  it("pings the address as it was handed out where there is no root, in two calls too", () => {
    const { calls, reach, outcomes } = world({ root: () => refusal(404), handedOut: () => of(undefined) });
    reach();
    expect(calls).toEqual(["root /command/status/:id", "daemon /ping"]);
    reach();
    expect(calls.slice(2)).toEqual(["daemon /ping"]);
    expect(outcomes).toEqual(["there", "there"]);
  });

  it.each<[string, Script]>([
    ["answered otherwise", () => refusal(404)],
    ["was silent", () => lost()],
  ])("looks for a root again after a ping that failed where the root %s", (_, before) => {
    let isUp = false;
    const { calls, reach, outcomes } = world({
      root: (path) => (isUp ? daemon(path) : before(path)),
      handedOut: () => throwError(() => new Error("not yet")),
    });
    reach();
    isUp = true;
    reach();
    expect(outcomes).toEqual(["error", "there"]);
    expect(calls).toEqual(["root /command/status/:id", "daemon /ping", "root /command/status/:id", "root /ping"]);
  });
});
