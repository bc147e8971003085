import { describe, expect, it } from "vitest";
import { EgressRuleError } from "./egress-rule-error.js";
import { mergeEgressRules } from "./merge-egress-rules.js";
import type { WireEgressPolicy, WireEgressRule } from "./wire.js";

const allow = (target: string): WireEgressRule => ({ action: "allow", target });
const deny = (target: string): WireEgressRule => ({ action: "deny", target });
const policy = (...egress: readonly WireEgressRule[]): WireEgressPolicy => ({ defaultAction: "deny", egress });

describe("mergeEgressRules", () => {
  it.each([
    [
      "moves a repeated rule to the front",
      [allow("a.com"), allow("b.com")],
      [allow("b.com")],
      [allow("b.com"), allow("a.com")],
    ],
    [
      "replaces by target without case and keeps the incoming spelling",
      [allow("a.com"), allow("b.com")],
      [deny("B.com"), allow("c.com")],
      [deny("B.com"), allow("c.com"), allow("a.com")],
    ],
    ["keeps the first of duplicates in the patch", [], [allow("a.com"), deny("A.COM")], [allow("a.com")]],
    [
      "keeps the first of stored duplicates",
      [allow("a.com"), deny("a.com")],
      [allow("b.com")],
      [allow("b.com"), allow("a.com")],
    ],
    ["takes a trailing dot for another target", [allow("a.com")], [deny("a.com.")], [deny("a.com."), allow("a.com")]],
    [
      "takes a wildcard for another target",
      [allow("a.com"), deny("*.a.com")],
      [allow("*.A.com")],
      [allow("*.A.com"), allow("a.com")],
    ],
    [
      "compares addresses as text",
      [allow("10.0.0.0/8")],
      [deny("10.0.0.1/8")],
      [deny("10.0.0.1/8"), allow("10.0.0.0/8")],
    ],
    [
      "takes padding for another target and leaves it",
      [allow("example.com")],
      [deny(" example.com ")],
      [deny(" example.com "), allow("example.com")],
    ],
  ])("%s", (_fact, stored, patch, merged) => {
    expect(mergeEgressRules(policy(...stored), patch)).toEqual(policy(...merged));
  });

  it("takes absent, null and empty rules for the same", () => {
    for (const egress of [undefined, null, []]) {
      const stored = { defaultAction: "allow", ...(egress === undefined ? {} : { egress }) };
      expect(mergeEgressRules(stored, [deny("a.com")])).toEqual({ defaultAction: "allow", egress: [deny("a.com")] });
    }
  });

  it("keeps the default action verbatim and reads actions as the sidecar does", () => {
    const missing = { target: "b.com" } as WireEgressRule;
    expect(mergeEgressRules({ defaultAction: " Foo " }, [{ action: " ALLOW ", target: "a.com" }, missing])).toEqual({
      defaultAction: " Foo ",
      egress: [allow("a.com"), deny("b.com")],
    });
  });

  it.each([
    ["empty", [], 0],
    ["action", [{ action: "permit", target: "a.com" }], 0],
    ["target", [allow(" ")], 0],
    ["target", [allow("")], 0],
    ["limit", [allow("c.com")], 2],
  ] as const)("refuses a patch that breaks the rule %s", (kind, patch, maxRules) => {
    const stored = policy(allow("a.com"), allow("b.com"));
    let caught: unknown;
    try {
      mergeEgressRules(stored, patch, { maxRules });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(EgressRuleError);
    expect(caught).toMatchObject({ name: "EgressRuleError", kind });
    expect(stored).toEqual(policy(allow("a.com"), allow("b.com")));
  });

  it("counts the merged list against the limit", () => {
    expect(
      mergeEgressRules(policy(allow("a.com"), allow("b.com")), [deny("b.com")], { maxRules: 2 }).egress,
    ).toHaveLength(2);
  });
});
