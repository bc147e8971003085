import { describe, expect, it } from "vitest";
import { parseEndpoint } from "./endpoint-address.js";

describe("parseEndpoint", () => {
  it("puts the scheme in front and keeps the path", () => {
    expect(parseEndpoint({ endpoint: "127.0.0.1:43824/proxy/44772" }, "http", "direct")).toEqual({
      url: "http://127.0.0.1:43824/proxy/44772",
      headers: {},
      access: "direct",
    });
  });

  it("drops a trailing slash and lower-cases header names", () => {
    expect(
      parseEndpoint({ endpoint: "h.example/", headers: { "OPENSANDBOX-EGRESS-AUTH": "t" } }, "https", "proxy"),
    ).toEqual({ url: "https://h.example", headers: { "opensandbox-egress-auth": "t" }, access: "proxy" });
  });

  it.each([
    null,
    {},
    { endpoint: "" },
    { endpoint: 3 },
    { endpoint: "h:99999" },
    { endpoint: "user:pw@h" },
    { endpoint: "h/?a=b" },
    { endpoint: "h", headers: { a: 1 } },
  ])("refuses %j without showing it", (answer) => {
    expect(() => parseEndpoint(answer, "http", "direct")).toThrow(
      /^the answer('s endpoint| has no endpoint)[^@?]*\[protocol\]$/,
    );
  });
});
