import { describe, expect, it } from "vitest";
import { browserRefusal } from "./browser-guard.js";

const options = { port: 8080, allowedHosts: ["sandbox.example"], allowedOrigins: ["http://app.example"] };
const refusalOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  browserRefusal(headers, options)?.code;

describe("browserRefusal", () => {
  it.each([
    { host: "127.0.0.1:8080" },
    { host: "LOCALHOST:8080" },
    { host: "[::1]:8080" },
    { host: "sandbox.example" },
    { host: "127.0.0.1:8080", origin: "http://app.example", "sec-fetch-site": "cross-site" },
    { host: "127.0.0.1:8080", "sec-fetch-site": "none" },
  ])("lets %o through", (headers) => {
    expect(refusalOf(headers)).toBeUndefined();
  });

  it.each([{}, { host: "" }, { host: "127.0.0.1" }, { host: "127.0.0.1:80" }, { host: "evil.example:8080" }])(
    "refuses the host of %o",
    (headers) => {
      expect(refusalOf(headers as Record<string, string>)).toBe("FORBIDDEN_HOST");
    },
  );

  it.each([
    { origin: "null" },
    { origin: "" },
    { origin: "http://127.0.0.1:8080" },
    { origin: "http://app.example.evil" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("refuses the origin of %o", (headers) => {
    expect(refusalOf({ host: "127.0.0.1:8080", ...headers } as Record<string, string>)).toBe("FORBIDDEN_ORIGIN");
  });
});
