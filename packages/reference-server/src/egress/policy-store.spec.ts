import { describe, expect, it } from "vitest";

import { PolicyStore } from "./policy-store.js";

const allow = (target: string): { action: string; target: string } => ({ action: "allow", target });

describe("PolicyStore", () => {
  it("puts merged rules in front and lets the incoming spelling win", () => {
    const store = new PolicyStore({ egress: [allow("a.com"), allow("b.com")] }, "opensandbox", 0);
    store.merge(JSON.stringify([{ action: "deny", target: "B.com" }, allow("c.com")]));
    expect(store.describe().policy?.egress).toEqual([{ action: "deny", target: "B.com" }, allow("c.com"), allow("a.com")]);
  });

  it("changes nothing when a change is refused", () => {
    const store = new PolicyStore({ egress: [allow("a.com")] }, "opensandbox", 1);
    const before = store.describe();
    for (const change of [() => store.merge('[{"action":"x","target":"b"}]'), () => store.merge('[{"target":"b"}]'), () => store.replace("[]"), () => store.remove("{}")]) {
      expect(change).toThrow();
    }
    expect(store.describe()).toEqual(before);
  });

  it.each(["opensandbox", "spec"] as const)("refuses an unknown default action in profile %s", (profile) => {
    expect(() => new PolicyStore({ defaultAction: "foo" }, profile, 0)).toThrow('unsupported defaultAction "foo"');
  });

  it("follows the written specification in profile spec", () => {
    const store = new PolicyStore({}, "spec", 0);
    expect(store.describe()).toMatchObject({ mode: "deny_all", policy: { egress: [] } });
    store.merge(JSON.stringify([allow("a.com")]));
    expect(store.describe().mode).toBe("deny_all");
    expect(() => store.merge('[{"target":"b.com"}]')).toThrow("unsupported action");
  });
});
