import { describe, expect, it } from "vitest";
import { compileNamePattern } from "./name-pattern.js";

describe("compileNamePattern", () => {
  it.each([
    ["*.ts", "a.ts"],
    ["**", ".hidden"],
    ["**/*.ts", "a.ts"],
    ["**/**/a", "a"],
    ["**/**", "a"],
    ["*/**", "a"],
    ["a/**", "a"],
    ["a/**/", "a"],
    ["a**b", "a--b"],
    ["***", "a"],
    ["?", "é"],
    ["?", "😀"],
    ["[a-c]", "b"],
    ["[^a]", "b"],
    ["[!a]", "b"],
    ["[a-]", "-"],
    ["[-a]", "-"],
    ["[\\]]", "]"],
    ["[a\\-c]", "-"],
    ["[^c-a]", "b"],
    ["{a,b}c", "bc"],
    ["{a}", "a"],
    ["x{a,}", "x"],
    ["{a,{b,c}}", "c"],
    ["{*.ts,*.js}", "x.js"],
    ["{1..3}", "1..3"],
    ["{a,b}{c,d}", "ad"],
    ["{**/a,b}", "a"],
    ["a(1).txt", "a(1).txt"],
    ["a|b", "a|b"],
    ["a+", "a+"],
    ["@(a)", "@(a)"],
    ["!a", "!a"],
    ["^$a", "^$a"],
    ["\\*", "*"],
    ["\\a", "a"],
    ["x\\{y", "x{y"],
    ["a,b", "a,b"],
    ["#~", "#~"],
    ["a\nb", "a\nb"],
  ])("matches %j with %j", (pattern, name) => {
    expect(compileNamePattern(pattern)?.(name)).toBe(true);
  });

  it.each([
    ["src/**/*.ts", "a.ts"],
    ["/a", "a"],
    ["a/", "a"],
    ["**/", "a"],
    ["a//b", "a"],
    ["*.ts", "a.tsx"],
    ["a.ts", "axts"],
    ["?", "ab"],
    ["[a]", "[a]"],
    ["[^a]", "a"],
    ["[c-a]", "b"],
    ["[a\\-c]", "b"],
    ["{1..3}", "2"],
    ["a(1).txt", "a1.txt"],
    ["a|b", "a"],
    ["a+", "aa"],
    ["!a", "b"],
    ["\\*", "a"],
    ["{a,b}", "a,b"],
    ["A", "a"],
  ])("does not match %j with %j", (pattern, name) => {
    expect(compileNamePattern(pattern)?.(name)).toBe(false);
  });

  it.each(["[a", "[", "[]", "[^]", "[!", "[]a]", "[a\\", "{a", "{a,b", "a}", "{a,{b}", "\\", "a\\"])(
    "refuses %j",
    (pattern) => {
      expect(compileNamePattern(pattern)).toBeUndefined();
    },
  );
});
