import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.js";

describe("createRedactor", () => {
  const redactor = createRedactor(["key-12345", 'pa"ss\nword', "a b&c=d"]);

  it("replaces known secrets, JSON-escaped and percent-encoded too", () => {
    expect(redactor.text(`key-12345 ${JSON.stringify('pa"ss\nword')} ?q=${encodeURIComponent("a b&c=d")}`)).toBe(
      '*** "***" ?q=***',
    );
  });

  it("leaves no rest of a secret that contains another", () => {
    expect(createRedactor(["abcd", "abcdefgh"]).text("abcdefgh abcd")).toBe("*** ***");
  });

  it("replaces a very short secret only where it stands alone", () => {
    expect(createRedactor(["k"]).text("key k, ask")).toBe("key ***, ask");
  });

  it.each([
    ["Authorization: Bearer x.y.z\r\nHost: h", "Authorization: ***\r\nHost: h"],
    ['{"OPEN-SANDBOX-API-KEY":"abc","a":1}', '{"OPEN-SANDBOX-API-KEY":***,"a":1}'],
    ["x-execd-access-token=abc", "x-execd-access-token=***"],
    ["Set-Cookie: a=b; Path=/", "Set-Cookie: ***"],
    ["proxy http://user:pass@host/x refused", "proxy http://***@host/x refused"],
    ["invalid or missing header X-EXECD-ACCESS-TOKEN", "invalid or missing header X-EXECD-ACCESS-TOKEN"],
  ])("replaces values of credential headers and user names: %j", (text, redacted) => {
    expect(redactor.text(text)).toBe(redacted);
  });

  it("redacts a copy of JSON: texts, names, credential headers as objects and as pairs", () => {
    const value = {
      a: ["key-12345", 1, null],
      "key-12345": true,
      headers: { authorization: ["x"] },
      pairs: [
        ["Cookie", "c"],
        ["Host", "h"],
      ],
    };
    const copy = structuredClone(value);
    expect(redactor.json(value)).toEqual({
      a: ["***", 1, null],
      "***": true,
      headers: { authorization: "***" },
      pairs: [
        ["Cookie", "***"],
        ["Host", "h"],
      ],
    });
    expect(value).toEqual(copy);
  });

  it("survives deep nesting", () => {
    let deep: unknown = "key-12345";
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    expect(JSON.stringify(redactor.json(deep))).not.toContain("key");
  });

  it("learns further secrets, forgets the oldest of them beyond its bound, never those it was made with", () => {
    const growing = createRedactor(["lasting-secret"]);
    growing.addSecret("");
    for (let index = 0; index <= 4096; index += 1) growing.addSecret(`secret-number-${index}!`);
    expect(growing.text("lasting-secret secret-number-4096! secret-number-0! plain")).toBe(
      "*** *** secret-number-0! plain",
    );
  });

  it("takes time linear in a hostile text", () => {
    const text = `${"a.".repeat(30_000)}${'Cookie:"'.repeat(5000)}${"x://".repeat(5000)}`;
    expect(redactor.text(text).length).toBeLessThanOrEqual(text.length + 3 * 5000);
  });
});
