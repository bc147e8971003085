import { describe, expect, it } from "vitest";
import { removeEgressRules } from "./merge-egress-rules.js";
import type { WireEgressRule } from "./wire.js";

const rule = (target: string, action = "allow"): WireEgressRule => ({ action, target });

describe("removeEgressRules", () => {
  const policy = {
    defaultAction: "deny",
    egress: [rule("A.com"), rule("*.a.com"), rule("a.com", "deny"), rule("a.com."), rule("10.0.0.0/8")],
  };

  it.each([
    ["a.com", ["*.a.com", "a.com.", "10.0.0.0/8"]],
    [" A.COM\n", ["*.a.com", "a.com.", "10.0.0.0/8"]],
    ["*.a.com", ["A.com", "a.com", "a.com.", "10.0.0.0/8"]],
    ["a.com.", ["A.com", "*.a.com", "a.com", "10.0.0.0/8"]],
    ["10.0.0.1/8", ["A.com", "*.a.com", "a.com", "a.com.", "10.0.0.0/8"]],
    ["", ["A.com", "*.a.com", "a.com", "a.com.", "10.0.0.0/8"]],
  ])("removes every rule for %j and no other", (target, left) => {
    expect(removeEgressRules(policy, [target, "unknown.example"]).egress?.map((kept) => kept.target)).toEqual(left);
  });

  it("leaves an empty list when the last rule goes, and the default action as it was", () => {
    expect(removeEgressRules({ defaultAction: "Allow", egress: [rule("a.com")] }, ["a.com"])).toEqual({
      defaultAction: "Allow",
      egress: [],
    });
    expect(removeEgressRules({ defaultAction: "deny", egress: null }, ["a.com"])).toEqual({
      defaultAction: "deny",
      egress: [],
    });
  });

  it("refuses an empty list of targets", () => {
    expect(() => removeEgressRules(policy, [])).toThrow(expect.objectContaining({ kind: "empty" }));
  });
});
