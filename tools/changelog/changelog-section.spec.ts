import { describe, expect, it } from "vitest";
import { changelogSection, withSection } from "./changelog-section.mjs";

const releases = (type: "major" | "minor" | "patch", ...names: readonly string[]) =>
  names.map((name) => ({ name: `@rxsandbox/${name}`, type }));

describe("changelogSection", () => {
  it("has one line per change, with its packages, under the heading of its largest bump", () => {
    const entries = [
      { summary: "Retries again.", releases: releases("patch", "transport") },
      {
        summary: "Adds `follow`.\n\nMore about it.",
        releases: [...releases("patch", "client"), ...releases("minor", "cli")],
      },
      { summary: "Fixes a leak.", releases: releases("patch", "files") },
    ];
    expect(changelogSection("0.2.0", "2026-12-01", entries)).toBe(
      `## 0.2.0 (2026-12-01)

### New and changed

- \`cli\`, \`client\`: Adds \`follow\`.

  More about it.

### Fixed

- \`files\`: Fixes a leak.
- \`transport\`: Retries again.`,
    );
  });
});

describe("withSection", () => {
  it("puts the newest version first, below what stands before all versions", () => {
    expect(withSection("# Changelog\n\n## Renamed\n\n## 0.1.0 (2026-11-19)\n\nFirst.\n", "## 0.2.0\n\nSecond.")).toBe(
      "# Changelog\n\n## Renamed\n\n## 0.2.0\n\nSecond.\n\n## 0.1.0 (2026-11-19)\n\nFirst.\n",
    );
    expect(withSection("# Changelog\n", "## 0.1.0\n\nFirst.")).toBe("# Changelog\n\n## 0.1.0\n\nFirst.\n");
  });
});
