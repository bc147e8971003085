import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDirectoryBelow } from "./make-directory-below.js";

describe("makeDirectoryBelow", () => {
  let directory: string;
  let root: string;
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "rx-below-")));
    root = join(directory, "root");
    mkdirSync(join(root, "inner"), { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("makes what is missing and returns the real path", () => {
    symlinkSync("inner", join(root, "link"));
    expect(makeDirectoryBelow(join(root, "link/a/b"), [root])).toBe(join(root, "inner/a/b"));
    expect(statSync(join(root, "inner/a/b")).isDirectory()).toBe(true);
    expect(makeDirectoryBelow(join(root, "link/a/b"), [root])).toBe(join(root, "inner/a/b"));
  });

  it("makes nothing behind a link whose target does not exist yet", () => {
    symlinkSync(join(directory, "outside"), join(root, "dangling"));
    expect(makeDirectoryBelow(join(root, "dangling"), [root])).toBeUndefined();
    expect(makeDirectoryBelow(join(root, "dangling/a"), [root])).toBeUndefined();
    expect(existsSync(join(directory, "outside"))).toBe(false);
  });
});
