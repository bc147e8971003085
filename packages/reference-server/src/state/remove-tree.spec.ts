import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDirectories, removeTree } from "./remove-tree.js";

describe("removeTree", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rx-remove-"));
  });
  afterEach(() => {
    execFileSync("chmod", ["-R", "u+rwX", directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  it("removes what forbids to be entered, and no target of a link", () => {
    const tree = join(directory, "tree");
    mkdirSync(join(tree, "closed/inner"), { recursive: true });
    writeFileSync(join(tree, "closed/inner/file"), "x");
    mkdirSync(join(directory, "kept"));
    writeFileSync(join(directory, "kept/file"), "x");
    symlinkSync(join(directory, "kept"), join(tree, "link"));
    chmodSync(join(tree, "closed/inner"), 0o500);
    chmodSync(join(tree, "closed"), 0);
    removeTree(tree);
    expect(existsSync(tree)).toBe(false);
    expect(existsSync(join(directory, "kept/file"))).toBe(true);
    removeTree(tree);
  });

  it("opens directories and leaves files and targets of links alone", () => {
    const tree = join(directory, "tree");
    mkdirSync(join(tree, "closed/inner"), { recursive: true });
    writeFileSync(join(tree, "closed/file"), "x");
    chmodSync(join(tree, "closed/file"), 0o400);
    mkdirSync(join(directory, "kept"), { mode: 0o555 });
    chmodSync(join(directory, "kept"), 0o555);
    symlinkSync(join(directory, "kept"), join(tree, "closed/link"));
    chmodSync(join(tree, "closed/inner"), 0);
    openDirectories(tree);
    const modeOf = (path: string): string => (lstatSync(join(directory, path)).mode & 0o777).toString(8);
    expect(["tree", "tree/closed", "tree/closed/inner", "tree/closed/file", "kept"].map(modeOf)).toEqual(["700", "700", "700", "400", "555"]);
  });
});
