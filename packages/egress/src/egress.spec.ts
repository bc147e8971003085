import { NEVER, defer, map, of, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError, type Api, type ApiRequest, type ApiResponse } from "@rxsandbox/transport";
import { createEgress } from "./egress.js";
import type { EgressRule } from "./egress-policy.js";

function egressOf(answer: unknown) {
  const sent: ApiRequest[] = [];
  const ask = (request: ApiRequest): Observable<unknown> =>
    defer(() => {
      sent.push(request);
      return of(answer);
    });
  const api: Api = {
    json: (request, parse) => ask(request).pipe(map((value) => parse(value, {} as ApiResponse))),
    empty: (request) => ask(request).pipe(map(() => undefined)),
    request: () => NEVER,
    open: () => NEVER,
    target: () => NEVER,
  };
  return { egress: createEgress({ api, scope: { guard: (work) => work } }), sent };
}

function read(answer: unknown): unknown {
  let seen: unknown;
  egressOf(answer).egress.getEgressPolicy().subscribe({ next: (policy) => (seen = policy), error: (error: { code: string }) => (seen = error.code) });
  return seen;
}

describe("createEgress", () => {
  it.each([[null], [undefined], [[]]])("reads rules that are %j as none", (egress) => {
    expect(read({ status: "ok", mode: "deny_all", policy: { defaultAction: "deny", egress } })).toEqual({ defaultAction: "deny", egress: [] });
  });

  it("keeps order and spelling", () => {
    const rules = [{ action: "deny", target: "B.com." }, { action: "allow", target: "a.com" }];
    expect(read({ policy: { defaultAction: "foo", egress: rules } })).toEqual({ defaultAction: "foo", egress: rules });
  });

  it.each([null, {}, { policy: null }, { policy: { egress: [] } }, { policy: { defaultAction: "deny", egress: {} } }, { policy: { defaultAction: "deny", egress: [{ action: "x", target: "a" }] } }, { policy: { defaultAction: "deny", egress: [null] } }])("refuses %j", (answer) => {
    expect(read(answer)).toBe("protocol");
  });

  it("sends rules as given, copied at the call", () => {
    const { egress, sent } = egressOf({});
    const rules: EgressRule[] = [{ action: "allow", target: " Example.COM. " }];
    const patch = egress.patchEgressRules(rules);
    rules.pop();
    expect(sent).toEqual([]);
    patch.subscribe();
    expect(sent).toMatchObject([{ method: "PATCH", path: "/policy", json: [{ action: "allow", target: " Example.COM. " }] }]);
  });

  it.each<[string, unknown]>([
    ["rules", []],
    ["rules", null],
    ["rules", { action: "allow", target: "a" }],
    ["rules[0]", ["a.com"]],
    ["rules[0].action", [{ target: "a" }]],
    ["rules[0].action", [{ action: "Allow", target: "a" }]],
    ["rules[1].action", [{ action: "allow", target: "a" }, { action: "block", target: "a" }]],
    ["rules[0].target", [{ action: "allow", target: " " }]],
    ["rules[0].target", [{ action: "allow" }]],
  ])("refuses %s of %j at the call", (argument, rules) => {
    const { egress, sent } = egressOf({});
    expect(() => egress.patchEgressRules(rules as EgressRule[])).toThrow(expect.objectContaining({ argument }) as InvalidArgumentError);
    expect(sent).toEqual([]);
  });
});
