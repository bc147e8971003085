import { describe, expect, it } from "vitest";
import { parseConnection } from "./parse-connection.js";

describe("parseConnection", () => {
  it.each([
    [{}, "http://localhost:8080/v1", "http", "http://localhost:8080"],
    [{ domain: "example.com" }, "http://example.com/v1", "http", "http://example.com"],
    [{ domain: "example.com", protocol: "https" }, "https://example.com/v1", "https", "https://example.com"],
    [{ domain: "https://example.com", protocol: "http" }, "https://example.com/v1", "https", "https://example.com"],
    [{ domain: "HTTP://Example.com:80/V1/v1" }, "http://example.com/V1/v1", "http", "http://example.com"],
    [{ domain: "h:9/a/b/" }, "http://h:9/a/b/v1", "http", "http://h:9"],
    [{ domain: "h:9/v1///?q=1#f" }, "http://h:9/v1", "http", "http://h:9"],
    [{ domain: "h/v1/v1" }, "http://h/v1/v1", "http", "http://h"],
    [{ domain: "h/apiv1" }, "http://h/apiv1/v1", "http", "http://h"],
    [{ domain: "[::1]:8080/x?y" }, "http://[::1]:8080/x/v1", "http", "http://[::1]:8080"],
    [{ domain: " 127.0.0.1:1 ", endpointProtocol: "https" }, "http://127.0.0.1:1/v1", "https", "http://127.0.0.1:1"],
  ] as const)("reads %j", (settings, baseUrl, endpointProtocol, origin) => {
    expect(parseConnection(settings)).toEqual({ baseUrl, endpointProtocol, origin });
  });

  it.each(["", "http://", "a b", "h:99999", "ftp://h", "user:s3cret@h", "http://user:s3cret@h", "file:///x"])(
    "refuses %j by name and without quoting it",
    (domain) => {
      const attempt = () => parseConnection({ domain });
      expect(attempt).toThrow(/^domain /);
      expect(attempt).not.toThrow(/s3cret/);
    },
  );
});
