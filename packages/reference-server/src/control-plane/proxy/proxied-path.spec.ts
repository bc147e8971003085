import { describe, expect, it } from "vitest";
import { proxiedPath } from "./proxied-path.js";

describe("proxiedPath", () => {
  it.each([
    ["", "/"],
    ["/a%2Fb", "/a/b"],
    ["/a%20b", "/a%20b"],
    ["/a%3Fb", "/a?b"],
    ["/a%23b", "/a"],
    ["//a", "/a"],
    ["/a/./b", "/a/b"],
    ["/../../../etc", "/etc"],
    ["/%2e%2e/ping", "/ping"],
    ["/caf%C3%A9", "/caf%C3%A9"],
    ["/q?x=1&x=2&flag&s=a%20b", "/q?x=1&x=2&flag=&s=a+b"],
    ["/q?", "/q"],
  ])("asks for %s under %s", (rest, path) => {
    expect(proxiedPath(rest)).toBe(path);
  });
});
