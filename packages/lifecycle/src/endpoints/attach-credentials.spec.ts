import { describe, expect, it } from "vitest";
import { attachCredentials } from "./attach-credentials.js";

const controlPlane = { origin: "http://cp.example:8080", apiKey: "KEY" };
const at = (url: string, access: "direct" | "proxy" | "signed") =>
  attachCredentials({ url, headers: { "x-token": "t" }, access }, { "X-Mine": "m", "X-Token": "mine" }, controlPlane)
    .headers;

describe("attachCredentials", () => {
  it("adds the key in proxy mode at the control plane's origin", () => {
    expect(at("http://cp.example:8080/sandboxes/a/proxy/1", "proxy")).toEqual({
      "x-mine": "m",
      "x-token": "t",
      "open-sandbox-api-key": "KEY",
    });
  });

  it.each([
    ["http://cp.example:8080/x", "direct"],
    ["http://cp.example:8080/x", "signed"],
    ["https://cp.example:8080/x", "proxy"],
    ["http://cp.example:8081/x", "proxy"],
    ["http://evil.example/x", "proxy"],
  ] as const)("adds no key for %s in %s mode", (url, access) => {
    expect(at(url, access)).toEqual({ "x-mine": "m", "x-token": "t" });
  });

  it("knows the default port", () => {
    const { headers } = attachCredentials(
      { url: "https://cp.example:443/x", headers: {}, access: "proxy" },
      {},
      { origin: "https://cp.example", apiKey: "KEY" },
    );
    expect(headers).toEqual({ "open-sandbox-api-key": "KEY" });
  });
});
