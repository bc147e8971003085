import { describe, expect, it } from "vitest";
import { evaluateEgress } from "./evaluate-egress.js";
import type { WireEgressRule } from "./wire.js";

const allow = (target: string): WireEgressRule => ({ action: "allow", target });
const deny = (target: string): WireEgressRule => ({ action: "deny", target });

describe("evaluateEgress", () => {
  it.each([
    ["an exact rule", [allow("a.com")], "a.com", "allow"],
    ["upper case in rule and host", [allow("A.com")], "a.COM", "allow"],
    ["a trailing dot of the host", [allow("a.com")], "a.com.", "allow"],
    ["a trailing dot of the rule, which never matches", [allow("a.com.")], "a.com.", "deny"],
    ["two trailing dots", [allow("a.com."), allow("*.com.")], "a.com..", "deny"],
    ["a wildcard one level down", [allow("*.a.com")], "x.a.com", "allow"],
    ["a wildcard at any depth", [allow("*.a.com")], "y.x.a.com", "allow"],
    ["a wildcard and its apex", [allow("*.a.com")], "a.com", "deny"],
    ["a wildcard and a name that merely ends like it", [allow("*.a.com")], "ba.com", "deny"],
    ["a star that is no wildcard", [allow("*"), allow("a.*.com"), allow("foo*"), allow("*.")], "foo.com", "deny"],
    ["the first of wildcard and exact", [deny("*.example.com"), allow("api.example.com")], "api.example.com", "deny"],
    ["the first of exact and wildcard", [allow("api.example.com"), deny("*.example.com")], "api.example.com", "allow"],
    ["the first of duplicates", [allow("a.com"), deny("A.com")], "a.com", "allow"],
    ["an address, which is no name", [allow("10.0.0.1"), allow("::1"), allow("10.0.0.0/8")], "10.0.0.1", "deny"],
    ["a name that only looks like an address", [allow("300.0.0.1")], "300.0.0.1", "allow"],
    ["a padded rule", [allow(" a.com ")], "a.com", "deny"],
    ["an action in odd spelling", [{ action: " Allow ", target: "a.com" }], "a.com", "allow"],
    ["a missing action", [{ target: "a.com" } as WireEgressRule], "a.com", "deny"],
    ["an action that no sidecar stores", [{ action: "permit", target: "a.com" }], "a.com", "deny"],
  ])("decides by %s", (_by, egress, host, verdict) => {
    expect(evaluateEgress({ defaultAction: "deny", egress }, host)).toBe(verdict);
  });

  it.each([
    ["deny", "deny"],
    [" DENY ", "deny"],
    ["", "deny"],
    ["allow", "allow"],
    ["foo", "allow"],
  ])("falls back to the default action %j, which blocks only when it is deny", (defaultAction, verdict) => {
    for (const egress of [undefined, null, []])
      expect(evaluateEgress({ defaultAction, ...(egress === undefined ? {} : { egress }) }, "a.com")).toBe(verdict);
  });
});
