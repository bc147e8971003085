import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { staleness } from "./coverage.mjs";

describe("staleness", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "rx-coverage-"));
    mkdirSync(join(root, "docs"));
    writeFileSync(join(root, "docs/coverage.md"), "| a |\n");
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("finds a document that says something else than the code", () => {
    expect(staleness(root, "| a |\n")).toEqual([]);
    expect(staleness(root, "| b |\n")).toEqual(["docs/coverage.md is out of date: npm run coverage:update"]);
  });
});
