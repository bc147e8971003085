import { describe, expect, it } from "vitest";

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

import type { EgressProfile, RawPolicy } from "./policy-document.js";
import { policyFile } from "./policy-file.js";
import { PolicyStore } from "./policy-store.js";

const storeOf = (initial: RawPolicy, profile: EgressProfile, maxRules: number): PolicyStore =>
  new PolicyStore({ initial, profile, maxRules });
const allow = (target: string): { action: string; target: string } => ({ action: "allow", target });

describe("PolicyStore", () => {
  it("puts merged rules in front and lets the incoming spelling win", () => {
    const store = storeOf({ egress: [allow("a.com"), allow("b.com")] }, "opensandbox", 0);
    store.merge(JSON.stringify([{ action: "deny", target: "B.com" }, allow("c.com")]));
    expect(store.describe().policy?.egress).toEqual([
      { action: "deny", target: "B.com" },
      allow("c.com"),
      allow("a.com"),
    ]);
  });

  it("changes nothing when a change is refused", () => {
    const store = storeOf({ egress: [allow("a.com")] }, "opensandbox", 1);
    const before = store.describe();
    for (const change of [
      () => store.merge('[{"action":"x","target":"b"}]'),
      () => store.merge('[{"target":"b"}]'),
      () => store.replace("[]"),
      () => store.remove("{}"),
    ]) {
      expect(change).toThrow();
    }
    expect(store.describe()).toEqual(before);
  });

  it.each(["opensandbox", "spec"] as const)("refuses an unknown default action in profile %s", (profile) => {
    expect(() => storeOf({ defaultAction: "foo" }, profile, 0)).toThrow('unsupported defaultAction "foo"');
  });

  it("follows the written specification in profile spec", () => {
    const store = storeOf({}, "spec", 0);
    expect(store.describe()).toMatchObject({ mode: "allow_all", policy: { egress: [], defaultAction: "allow" } });
    expect(storeOf({ defaultAction: "deny" }, "spec", 0).describe()).toMatchObject({
      mode: "deny_all",
      policy: { egress: [] },
    });
    store.merge(JSON.stringify([allow("a.com")]));
    expect(store.describe().mode).toBe("allow_all");
    expect(() => store.merge('[{"target":"b.com"}]')).toThrow("unsupported action");
  });

  describe("with a file", () => {
    let directory = "";
    beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "rxsandbox-policy-"))));
    afterEach(() => rmSync(directory, { recursive: true }));
    const restarted = (path: string): PolicyStore =>
      new PolicyStore({
        initial: { egress: [allow("given.com")] },
        profile: "opensandbox",
        maxRules: 0,
        file: policyFile(path),
      });

    it("keeps every change over a restart, for its owner only", () => {
      const path = join(directory, "policy.json");
      const changes = [
        (store: PolicyStore) => store.merge('[{"action":"deny","target":"a.com"}]'),
        (store: PolicyStore) => store.remove('["given.com"]'),
        (store: PolicyStore) => store.replace('{"defaultAction":"allow"}'),
        (store: PolicyStore) => store.replace(""),
      ];
      for (const change of changes) {
        const store = restarted(path);
        change(store);
        expect(restarted(path).describe()).toEqual(store.describe());
        expect(statSync(path).mode & 0o777).toBe(0o600);
      }
    });

    it.each(["", " ", "{", "[]", '{"defaultAction":"foo"}', '{"egress":[{"target":""}]}'])(
      "starts with what it was given when the file holds %j",
      (text) => {
        const path = join(directory, "policy.json");
        writeFileSync(path, text);
        expect(restarted(path).current.egress).toEqual([allow("given.com")]);
      },
    );

    it("changes nothing when the file cannot be written, and writes nothing when a change is refused", () => {
      const nowhere = restarted(join(directory, "none", "policy.json"));
      expect(() => nowhere.merge(JSON.stringify([allow("a.com")]))).toThrow(
        expect.objectContaining({
          status: 500,
          message: `failed to persist policy: open ${join(directory, "none", "policy.json")}: no such file or directory`,
        }),
      );
      expect(nowhere.current.egress).toEqual([allow("given.com")]);

      const path = join(directory, "policy.json");
      const checked = new PolicyStore({
        initial: {},
        profile: "opensandbox",
        maxRules: 1,
        file: policyFile(path),
        check: ({ egress }) => {
          if (egress?.[0]?.target === "no.com") throw new Error("checked");
        },
      });
      checked.merge(JSON.stringify([allow("a.com")]));
      const before = readFileSync(path, "utf8");
      expect(() => checked.merge(JSON.stringify([allow("b.com")]))).toThrow("exceeds limit");
      expect(() => checked.replace(JSON.stringify({ egress: [allow("no.com")] }))).toThrow("checked");
      expect(readFileSync(path, "utf8")).toBe(before);
      expect(JSON.parse(before)).toEqual({ egress: [allow("a.com")], defaultAction: "deny" });
    });
  });
});
