import { describe, expect, it } from "vitest";
import { EgressRuleError } from "./egress-rule-error.js";
import { normalizeEgressTarget } from "./normalize-egress-target.js";

describe("normalizeEgressTarget", () => {
  it.each([
    ["pypi.org", "pypi.org"],
    [" PyPI.org\n", "pypi.org"],
    ["pypi.org.", "pypi.org"],
    ["*.Example.COM.", "*.example.com"],
    ["*.com", "*.com"],
    ["localhost", "localhost"],
    ["_dmarc.a-b.example", "_dmarc.a-b.example"],
    ["1password.com", "1password.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["*.BÜCHER.example.", "*.xn--bcher-kva.example"],
    ["10.0.0.1", "10.0.0.1"],
    ["10.0.0.1/8", "10.0.0.1/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["2001:DB8::1", "2001:db8::1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["2001:db8::/32", "2001:db8::/32"],
    [`${"a".repeat(63)}.com`, `${"a".repeat(63)}.com`],
  ])("spells %j as %j", (given, target) => {
    expect(normalizeEgressTarget(given)).toBe(target);
    expect(normalizeEgressTarget(target)).toBe(target);
  });

  it.each([
    ["", "is blank"],
    [" \t", "is blank"],
    ["https://pypi.org", "is a URL"],
    ["https://pypi.org/simple", "is a URL"],
    ["pypi.org:443", "has a port"],
    ["10.0.0.1:443", "has a port"],
    ["pypi.org:", "has a port"],
    ["pypi.org/simple", "has a path"],
    ["pypi.org/", "has a path"],
    ["10.0.0.0/33", "not a valid block"],
    ["10.0.0.0/08", "not a valid block"],
    ["2001:db8::/129", "not a valid block"],
    [".example.com", "begins with a dot"],
    [".", "begins with a dot"],
    ["*", "would match nothing"],
    ["*example.com", "is not the whole first label"],
    ["**.example.com", "is not the whole first label"],
    ["foo*", "is not the whole first label"],
    ["a.*.com", "is not the whole first label"],
    ["*.*.com", "is not the whole first label"],
    ["*.", "has an empty label"],
    ["a..com", "has an empty label"],
    ["a.com..", "has an empty label"],
    ["*..com", "has an empty label"],
    ["py pi.org", "has blanks inside"],
    ["pypi\u00a0.org", "has blanks inside"],
    ["user@pypi.org", "characters that are in no host name"],
    ["pypi.org?x", "characters that are in no host name"],
    ["[::1]", "characters that are in no host name"],
    ["fe80::1%eth0", "characters that are in no host name"],
    ["a\u0000b.com", "characters that are in no host name"],
    ["\ud800.com", "characters that are in no host name"],
    ["300.0.0.1", "ends in a number"],
    ["10.0.0.256", "ends in a number"],
    ["10.0.1", "ends in a number"],
    ["１０.0.0.1", "ends in a number"],
    [`${"a".repeat(64)}.com`, "more than 63"],
    [`${"a.".repeat(130)}com`, "more than 253"],
  ])("refuses %j and says that it %s", (given, problem) => {
    expect(() => normalizeEgressTarget(given)).toThrow(EgressRuleError);
    expect(() => normalizeEgressTarget(given)).toThrow(
      expect.objectContaining({ kind: "target", message: expect.stringContaining(problem) as string }),
    );
    expect(() => normalizeEgressTarget(given)).toThrow('a target is a host name ("pypi.org")');
  });
});
