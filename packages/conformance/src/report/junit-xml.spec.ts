import { describe, expect, it } from "vitest";
import { junitXml } from "./junit-xml.js";
import { sampleReport } from "../proof/testing/sample-report.js";

const xml = junitXml(sampleReport);
const caseOf = (name: string): string => xml.split("<testcase").find((part) => part.includes(`name="${name}"`)) ?? "";

describe("junitXml", () => {
  it("counts every check once", () => {
    expect(xml).toContain('tests="9" failures="1" errors="4" skipped="1" time="1.234"');
  });

  it.each([
    ["one-end", "<failure"],
    ["read", "<error"],
    ["write", "<error"],
    ["move", "<error"],
    ["ready", "<error"],
    ["put", "<skipped"],
    ["pings", "<system-out"],
  ])("writes %s as %s>", (name, element) => {
    expect(caseOf(name)).toContain(element);
  });

  it.each(["one-end", "pings"])("says where the clause of %s comes from", (name) => {
    expect(caseOf(name)).toMatch(/see https:\/\/github\.com\/[^#]*\/docs\/protocol\/[a-z-]+\.md#[\w.]+/);
  });

  it("skips nothing that could not be verified", () => {
    expect(xml.match(/<skipped/g)).toHaveLength(1);
  });

  it("holds no character that XML forbids, and escapes markup", () => {
    expect(xml).not.toContain("\u0001");
    expect(xml).toContain("&lt;error&gt; &amp; ");
  });
});
