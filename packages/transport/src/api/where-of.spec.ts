import { describe, expect, it } from "vitest";
import { whereOf } from "./where-of.js";

const where = (url: string, access: "direct" | "proxy" | "signed" = "direct") =>
  whereOf({ invalidate: () => undefined }, { url, headers: {}, access }).address;

describe("whereOf", () => {
  it.each([
    ["http://127.0.0.1:8080/v1", "127.0.0.1:8080"],
    ["https://api.example.com/v1", "api.example.com"],
    ["http://[::1]:80/x", "[::1]"],
    ["http://user:pass@h:1/x?token=t#f", "h:1"],
    ["/relative", undefined],
  ])("shows the host of %s and nothing else", (url, address) => {
    expect(where(url)).toBe(address);
  });

  it.each([
    ["https://3f0c-44772-l4zq9-1a2b3c4dk.sandbox.example.com", "***.sandbox.example.com"],
    ["https://sb-44772-l4zq9-1a2b3c4dk.example.com:8443", "***.example.com:8443"],
    ["http://10.0.0.1:80/sb/44772/l4zq9/1a2b3c4dk", "10.0.0.1"],
    ["http://localhost:80/sb/44772/l4zq9/1a2b3c4dk", "localhost"],
  ])("hides what may be the signature of %s", (url, address) => {
    expect(where(url, "signed")).toBe(address);
  });

  it("says how the address was found only where it was looked up", () => {
    const endpoint = { url: "http://h", headers: {}, access: "direct" } as const;
    expect(whereOf({ invalidate: () => undefined }, endpoint).access).toBe("direct");
    expect(whereOf({}, endpoint).access).toBeUndefined();
  });
});
