import { describe, expect, it } from "vitest";
import { ApiError, type InvalidArgumentError } from "@rxsandbox/transport";
import type { EgressRule } from "./egress-policy.js";
import { egressOf } from "./testing/egress-of.js";

function read(answer: unknown): unknown {
  let seen: unknown;
  egressOf([answer])
    .egress.getEgressPolicy()
    .subscribe({ next: (policy) => (seen = policy), error: (error: { code: string }) => (seen = error.code) });
  return seen;
}

describe("createEgress", () => {
  it.each([[null], [undefined], [[]]])("reads rules that are %j as none", (egress) => {
    expect(read({ status: "ok", mode: "deny_all", policy: { defaultAction: "deny", egress } })).toEqual({
      defaultAction: "deny",
      egress: [],
    });
  });

  it("keeps order and spelling", () => {
    const rules = [
      { action: "deny", target: "B.com." },
      { action: "allow", target: "a.com" },
    ];
    expect(read({ policy: { defaultAction: "foo", egress: rules } })).toEqual({ defaultAction: "foo", egress: rules });
  });

  it.each([
    null,
    {},
    { policy: null },
    { policy: { egress: [] } },
    { policy: { defaultAction: "deny", egress: {} } },
    { policy: { defaultAction: "deny", egress: [{ action: "x", target: "a" }] } },
    { policy: { defaultAction: "deny", egress: [null] } },
  ])("refuses %j", (answer) => {
    expect(read(answer)).toBe("protocol");
  });

  it("sends rules with their targets as the sidecar compares them, copied at the call", () => {
    const { egress, sent } = egressOf([{}]);
    const rules: EgressRule[] = [{ action: "allow", target: " Example.COM. " }];
    const patch = egress.patchEgressRules(rules);
    rules.pop();
    expect(sent).toEqual([]);
    patch.subscribe();
    expect(sent).toMatchObject([
      { method: "PATCH", path: "/policy", json: [{ action: "allow", target: "example.com" }] },
    ]);
  });

  it.each<[string, unknown]>([
    ["rules", []],
    ["rules", null],
    ["rules", { action: "allow", target: "a" }],
    ["rules[0]", ["a.com"]],
    ["rules[0].action", [{ target: "a" }]],
    ["rules[0].action", [{ action: "Allow", target: "a" }]],
    [
      "rules[1].action",
      [
        { action: "allow", target: "a" },
        { action: "block", target: "a" },
      ],
    ],
    ["rules[0].target", [{ action: "allow", target: " " }]],
    ["rules[0].target", [{ action: "allow" }]],
    ["rules[0].target", [{ action: "deny", target: "https://a.com" }]],
    [
      "rules[1].target",
      [
        { action: "allow", target: "a" },
        { action: "deny", target: "*a.com" },
      ],
    ],
  ])("refuses %s of %j at the call", (argument, rules) => {
    const { egress, sent } = egressOf([{}]);
    expect(() => egress.patchEgressRules(rules as EgressRule[])).toThrow(
      expect.objectContaining({ argument }) as InvalidArgumentError,
    );
    expect(sent).toEqual([]);
  });

  it("sends the targets of a removal as the sidecar compares them, copied at the call", () => {
    const { egress, sent } = egressOf([{}]);
    const targets = [" Example.COM. ", "*.x"];
    const removal = egress.deleteEgressRules(targets);
    targets.pop();
    expect(sent).toEqual([]);
    removal.subscribe();
    expect(sent).toMatchObject([{ method: "DELETE", path: "/policy", json: ["example.com", "*.x"] }]);
  });

  it.each<[string, unknown]>([
    ["targets", []],
    ["targets", undefined],
    ["targets", "a.com"],
    ["targets[0]", [" "]],
    ["targets[0]", ["a.com:443"]],
    ["targets[1]", ["a.com", { target: "b.com" }]],
  ])("refuses %s of %j at the call", (argument, targets) => {
    const { egress, sent } = egressOf([{}]);
    expect(() => egress.deleteEgressRules(targets as string[])).toThrow(
      expect.objectContaining({ argument }) as InvalidArgumentError,
    );
    expect(sent).toEqual([]);
  });

  it("says what is missing where no sidecar answers", () => {
    const { egress } = egressOf([
      new ApiError(
        "server-error",
        { what: "Get egress policy", method: "GET", path: "/policy", detail: "Bad Gateway" },
        { status: 502, body: "Bad Gateway" },
      ),
    ]);
    let message = "";
    egress.getEgressPolicy().subscribe({ error: (error: Error) => (message = error.message) });
    expect(message).toMatch(/created without networkPolicy has no egress sidecar \[server-error\]$/);
  });
});
