import { describe, expect, it } from "vitest";
import type { PolicyDocument } from "../policy-document.js";
import { RefusedChange } from "../refused-change.js";
import { VaultStore } from "./vault-store.js";

const SECRET = "s3cret-value";
const policy: PolicyDocument = {
  defaultAction: "deny",
  egress: [
    { action: "allow", target: "api.example.com" },
    { action: "deny", target: "no.wild.example" },
    { action: "allow", target: "*.wild.example" },
  ],
};
const credential = (name: string, value = SECRET): object => ({ name, source: { type: "inline", value } });
const binding = (name: string, match: object = {}, auth: object = { type: "bearer", credential: "t" }): object => ({
  name,
  match: { hosts: ["api.example.com"], ...match },
  auth,
});

const storeOf = (now: PolicyDocument = policy): VaultStore =>
  new VaultStore(() => now, { ports: [80, 443], ignoredHosts: [] });
const create = (store: VaultStore, credentials: readonly object[], bindings: readonly object[] = []): unknown =>
  store.create(JSON.stringify({ credentials, bindings }));

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RefusedChange)) throw error;
    expect(error.message).not.toContain(SECRET);
    return `${error.status} ${error.message}`;
  }
  return "accepted";
}

describe("VaultStore", () => {
  it.each<[object, string]>([
    [{ hosts: ["*.wild.example", "API.example.com."] }, "accepted"],
    [
      { hosts: ["*.api.example.com"] },
      '400 binding "b" host "*.api.example.com" is not covered by an explicit allow egress rule',
    ],
    [
      { hosts: ["no.wild.example"] },
      '400 binding "b" host "no.wild.example" is not covered by an explicit allow egress rule',
    ],
    [{ hosts: ["api.example.com:443"] }, '400 binding "b": host "api.example.com:443" must not include port'],
    [{ hosts: ["::1"] }, '400 binding "b": credential binding host "::1" must be an FQDN, not an IP address'],
    [{ hosts: ["*.com"] }, '400 binding "b": credential binding host "*.com" must be an FQDN'],
    [{ hosts: ["a.*.com"] }, '400 binding "b": credential binding host "a.*.com" must be an FQDN'],
    [{ hosts: [" "] }, '400 binding "b": match.hosts cannot contain a blank host'],
    [{ methods: [" "] }, '400 binding "b": match.methods cannot contain a blank method'],
    [
      { ports: ["80"] },
      "400 invalid credential vault request: json: cannot unmarshal string into Go struct field CredentialMatch.bindings.match.ports of type int",
    ],
    [{ ports: [70_000] }, '400 binding "b": invalid port 70000'],
  ])("judges a match %j: %s", (match, expected) => {
    expect(refusalOf(() => create(storeOf(), [credential("t")], [binding("b", match)]))).toBe(expected);
  });

  it("needs rules for bindings, whatever the default action", () => {
    const open = storeOf({ defaultAction: "allow", egress: [] });
    expect(refusalOf(() => create(open, [credential("t")], [binding("b")]))).toBe(
      "400 credential bindings require explicit networkPolicy.egress allow rules",
    );
    expect(refusalOf(() => create(open, [credential("t")]))).toBe("accepted");
  });

  it.each<[object, object, boolean]>([
    [{}, {}, true],
    [{ paths: ["/a/*"] }, { paths: ["/a/b/*"] }, true],
    [{ paths: ["/a/*"] }, { paths: ["/a/b"] }, true],
    [{ paths: ["/a"] }, { paths: ["/a*"] }, true],
    [{ paths: ["/a/*"] }, { paths: ["/a"] }, false],
    [{ paths: ["/a"] }, { paths: ["/ab"] }, false],
    [{ schemes: ["http"], ports: [80] }, {}, false],
    [{ ports: [80] }, { ports: [443, 80] }, true],
    [{ methods: ["GET"] }, { methods: ["POST"] }, false],
    [{ hosts: ["*.wild.example"] }, { hosts: ["x.wild.example"] }, false],
    [{ hosts: ["*.wild.example"] }, { hosts: ["*.deep.wild.example"] }, true],
    [{ hosts: ["*.a.wild.example"] }, { hosts: ["*.b.wild.example"] }, false],
    [{ hosts: ["x.wild.example", "api.example.com"] }, { hosts: ["y.wild.example", "API.example.com"] }, true],
  ])("takes %j and %j for ambiguous: %s", (one, other, isAmbiguous) => {
    for (const pair of [
      [one, other],
      [other, one],
    ]) {
      expect(
        refusalOf(() =>
          create(
            storeOf(),
            [credential("t")],
            pair.map((match, index) => binding(`b${index}`, match)),
          ),
        ),
      ).toBe(isAmbiguous ? '400 bindings "b0" and "b1" can match the same request' : "accepted");
    }
  });

  it("changes all or nothing", () => {
    const store = storeOf();
    create(store, [credential("t")], [binding("b")]);
    const before = store.describe();
    for (const [change, status] of [
      [{ credentials: { add: [credential("u")] }, bindings: { add: [binding("c")] } }, 400],
      [{ credentials: { delete: ["t"], add: [credential("u")] } }, 400],
      [{ expectedRevision: 2, credentials: { add: [credential("u")] } }, 409],
      [{ credentials: { replace: [{ name: "t", source: { value: "" } }] } }, 400],
    ] as const) {
      expect(refusalOf(() => store.patch(JSON.stringify(change)))).toMatch(new RegExp(`^${status} `));
      expect(store.describe()).toEqual(before);
    }
    expect(store.active()?.valueOf("t")).toBe(SECRET);
  });

  it("does not take a text for a conflict of revisions", () => {
    const store = storeOf();
    create(store, []);
    expect(refusalOf(() => store.patch('{"credentials":{"delete":["expectedRevision"]}}'))).toBe(
      '400 credential "expectedRevision" does not exist',
    );
  });

  it("gives values to the interception alone", () => {
    const store = storeOf();
    expect(store.active()).toBeUndefined();
    create(
      store,
      [credential("t"), credential("u", "other")],
      [
        binding(
          "b",
          {},
          {
            type: "customHeaders",
            headers: [
              { name: "x-one", credential: "t" },
              { name: "x-two", credential: " u " },
            ],
          },
        ),
      ],
    );
    const shown = JSON.stringify(store.describe());
    for (const hidden of [SECRET, "other", "X-One", "x-two"]) expect(shown).not.toContain(hidden);
    expect(
      store
        .active()
        ?.bindings[0]?.headers.map(
          ({ name, prefix, credential: from }) => `${name}: ${prefix}${store.active()?.valueOf(from) ?? ""}`,
        ),
    ).toEqual([`X-One: ${SECRET}`, "X-Two: other"]);
    store.remove();
    expect(store.active()).toBeUndefined();
    expect(refusalOf(() => store.remove())).toBe("404 credential vault not found");
  });
});
