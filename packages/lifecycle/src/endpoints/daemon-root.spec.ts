import { of, throwError, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { ProtocolError, type AccessPath } from "@rxsandbox/transport";
import { fakeApi, lost, refusal, unknownCommand } from "../testing/fake-api.js";
import { askRoot, rootOf, type RootAnswer } from "./daemon-root.js";

describe("rootOf", () => {
  const at = (url: string, access: AccessPath = "direct") => rootOf({ url, headers: { "x-a": "1" }, access });

  it("is one level up from the daemon's proxy to itself, with the same headers", () => {
    expect(at("http://h:1/proxy/44772")).toEqual({ url: "http://h:1", headers: { "x-a": "1" }, access: "direct" });
    expect(at("https://h/gate/s/proxy/44772")?.url).toBe("https://h/gate/s");
  });

  it.each([
    ["another port", at("http://h:1/proxy/8080")],
    ["no proxy", at("http://h:44772")],
    ["more path", at("http://h:1/proxy/44772/x")],
    ["another port that ends alike", at("http://h:1/proxy/144772")],
    ["the server's proxy", at("http://h:1/sandboxes/s/proxy/44772", "proxy")],
    ["a signed route", at("http://h:1/s/proxy/44772", "signed")],
  ])("is nothing for %s", (_, root) => expect(root).toBeUndefined());
});

describe("askRoot", () => {
  const outcome = (status: Observable<unknown>, ping: Observable<unknown> = of(undefined)) => {
    const api = fakeApi(({ path }) => (path === "/ping" ? ping : status));
    const answers: RootAnswer[] = [];
    let isComplete = false;
    askRoot(api).subscribe({ next: (answer) => answers.push(answer), complete: () => (isComplete = true) });
    expect(isComplete).toBe(true);
    return { answers, asked: api.asked.map((call) => call.replace(/[0-9a-f]{32}$/, ":id")) };
  };
  const status = "GET /command/status/:id";

  it("finds the daemon by two signs, the ping last", () => {
    expect(outcome(unknownCommand())).toEqual({ answers: ["daemon"], asked: [status, "GET /ping"] });
  });

  it.each<[string, Observable<unknown>]>([
    ["any 200", of({})],
    ["a plain 404", refusal(404, undefined, "not-found")],
    ["a 400 with the words", unknownCommand(400)],
    ["401", refusal(401, undefined, "unauthorized")],
    ["500", refusal(500)],
    ["an answer that is not HTTP", throwError(() => new ProtocolError("broken"))],
  ])("takes %s for something else, without a ping", (_, answer) => {
    expect(outcome(answer)).toEqual({ answers: ["other"], asked: [status] });
  });

  it.each<[string, Observable<unknown>]>([
    ["a lost connection", lost()],
    ["a refused one", lost(false)],
    ["a gateway that waits for the daemon", refusal(502)],
  ])("takes %s for silence", (_, answer) => {
    expect(outcome(answer)).toEqual({ answers: ["silent"], asked: [status] });
    expect(outcome(unknownCommand(), answer)).toEqual({ answers: ["silent"], asked: [status, "GET /ping"] });
  });

  it("takes a refused ping for something else", () => {
    expect(outcome(unknownCommand(), refusal(404, undefined, "not-found")).answers).toEqual(["other"]);
  });

  it("gives each call 2 s and repeats none", () => {
    const bounds: unknown[] = [];
    const api = fakeApi(
      ({ path, timeoutMs, noRetry }) => (
        bounds.push([timeoutMs, noRetry]),
        path === "/ping" ? of(undefined) : unknownCommand()
      ),
    );
    askRoot(api).subscribe();
    expect(bounds).toEqual([
      [2000, true],
      [2000, true],
    ]);
  });

  it("asks for an id that no command has", () => {
    const ids = new Set<string>();
    for (let n = 0; n < 50; n += 1) askRoot(fakeApi(({ path }) => (ids.add(path), refusal(500)))).subscribe();
    expect(ids.size).toBe(50);
  });
});
