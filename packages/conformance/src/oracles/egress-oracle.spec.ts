import { describe, expect, it } from "vitest";
import { mergeModel, removeModel, type EgressOutcome } from "./egress-model.js";
import { judgeEgress } from "./egress-oracle.js";

const allow = (target: string): { readonly action: string; readonly target: string } => ({ action: "allow", target });
const deny = (target: string): { readonly action: string; readonly target: string } => ({ action: "deny", target });
const stored = { defaultAction: "deny", egress: [allow("a.com"), allow("b.com")] };
const policy = (...egress: readonly { readonly action: string; readonly target: string }[]): EgressOutcome => ({
  policy: { defaultAction: "deny", egress },
});

describe("mergeModel", () => {
  it("puts the patch in front, replaces by lower case with the incoming spelling, and keeps the rest in order", () => {
    expect(mergeModel(stored, [deny("B.com"), allow("c.com")])).toEqual(
      policy(deny("B.com"), allow("c.com"), allow("a.com")),
    );
    expect(mergeModel(stored, [allow("b.com")])).toEqual(policy(allow("b.com"), allow("a.com")));
  });

  it("lets the first of equal targets win, in the patch and among stored rules", () => {
    expect(mergeModel(stored, [deny("x"), allow("X")])).toEqual(policy(deny("x"), allow("a.com"), allow("b.com")));
    expect(mergeModel({ defaultAction: "deny", egress: [allow("x"), deny("X")] }, [allow("y")])).toEqual(
      policy(allow("y"), allow("x")),
    );
  });

  it("takes a trailing dot, a wildcard and another spelling of an address for other targets", () => {
    expect(
      mergeModel({ defaultAction: "deny" }, [
        allow("a.com"),
        allow("a.com."),
        allow("*.a.com"),
        allow("10.0.0.0/8"),
        allow("10.0.0.1/8"),
      ]),
    ).toEqual(policy(allow("a.com"), allow("a.com."), allow("*.a.com"), allow("10.0.0.0/8"), allow("10.0.0.1/8")));
  });

  it("refuses by kind, and counts the merged list", () => {
    expect(mergeModel(stored, [])).toEqual({ error: "empty" });
    expect(mergeModel(stored, [{ action: "block", target: "x" }])).toEqual({ error: "action" });
    expect(mergeModel(stored, [allow(" ")])).toEqual({ error: "target" });
    expect(mergeModel(stored, [allow("x"), { action: "block", target: "X" }])).toEqual(
      policy(allow("x"), allow("a.com"), allow("b.com")),
    );
    expect(mergeModel(stored, [allow("c"), allow("d")], 3)).toEqual({ error: "limit" });
    expect(mergeModel(stored, [deny("a.com"), deny("b.com")], 2)).toEqual(policy(deny("a.com"), deny("b.com")));
    expect(mergeModel({ defaultAction: "allow", egress: null }, [allow("c")], 0)).toEqual({
      policy: { defaultAction: "allow", egress: [allow("c")] },
    });
  });
});

describe("removeModel", () => {
  it("removes every rule of a target in any case, and only of that text", () => {
    expect(
      removeModel({ defaultAction: "deny", egress: [allow("a"), deny("A"), allow("*.a"), allow("b")] }, [
        "A",
        "unknown",
        " ",
      ]),
    ).toEqual(policy(allow("*.a"), allow("b")));
    expect(removeModel({ defaultAction: "deny", egress: null }, ["a"])).toEqual(policy());
    expect(removeModel(stored, [])).toEqual({ error: "empty" });
  });
});

describe("judgeEgress", () => {
  it("takes absent, null and no rules for equal", () => {
    const none: EgressOutcome = { policy: { defaultAction: "deny" } };
    expect(judgeEgress("rule.remove.policy", policy(), none)).toEqual([]);
    expect(judgeEgress("rule.remove.policy", none, { policy: { defaultAction: "deny", egress: null } })).toEqual([]);
    expect(judgeEgress("rule.merge.policy", { error: "limit" }, { error: "limit" })).toEqual([]);
  });

  it.each<[string, EgressOutcome, EgressOutcome, string]>([
    ["another order", policy(allow("a"), allow("b")), policy(allow("b"), allow("a")), "rules"],
    ["another spelling", policy(allow("A")), policy(allow("a")), "rules"],
    ["another action", policy(allow("a")), policy(deny("a")), "rules"],
    ["another default", policy(), { policy: { defaultAction: "allow", egress: [] } }, "default-action"],
    ["a refusal", policy(), { error: "limit" }, "accepted"],
    ["no refusal", { error: "limit" }, policy(), "refusal"],
    ["another refusal", { error: "limit" }, { error: "empty" }, "refusal"],
  ])("finds %s", (_, expected, observed, invariant) => {
    expect(judgeEgress("rule.merge.policy", expected, observed)).toEqual([
      expect.objectContaining({ clause: "rule.merge.policy", invariant, level: "MUST" }),
    ]);
  });
});
