import { describe, expect, it } from "vitest";
import { markdownSummary } from "./markdown-summary.js";
import { sampleReport } from "../proof/testing/sample-report.js";

const text = markdownSummary(sampleReport);

describe("markdownSummary", () => {
  it("begins with the conclusion", () => {
    expect(text).toMatch(/^## ❌ not conformant: quick\n/);
  });

  it("lists everything that is red with its reason, and nothing that passed", () => {
    for (const check of ["one-end", "ready", "files/read", "files/write", "files/move"])
      expect(text).toMatch(new RegExp(`^\\| \\w+ \\| \`[^|]*${check}\``, "m"));
    expect(text).not.toContain("command-exit/zero");
    expect(text).toContain("X03/second-end");
  });

  it("links what failed to the section of the protocol", () => {
    expect(text).toMatch(
      /`execd\/command-stream\/one-end` \|.*\(\[divergences\.md X03\]\(https:.*\/docs\/protocol\/divergences\.md#X03\)\) \|$/m,
    );
  });

  it("names the MUSTs that are left out", () => {
    expect(text).toContain("- `execd/interrupt/forces`");
  });

  it("lets no value break a row or become a tag", () => {
    expect(text).toContain("&lt;error>");
  });
});
