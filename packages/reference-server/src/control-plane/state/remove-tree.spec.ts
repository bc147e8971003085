import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeTree } from "./remove-tree.js";

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

  it("opens directories and leaves the targets of links alone", () => {
    const tree = join(directory, "tree");
    mkdirSync(join(tree, "closed"), { recursive: true });
    mkdirSync(join(directory, "kept"));
    symlinkSync(join(directory, "kept"), join(tree, "closed/link"));
    chmodSync(join(directory, "kept"), 0o555);
    chmodSync(join(tree, "closed"), 0);
    removeTree(tree);
    expect(existsSync(tree)).toBe(false);
    expect(lstatSync(join(directory, "kept")).mode & 0o777).toBe(0o555);
  });

  it("removes a link itself", () => {
    mkdirSync(join(directory, "kept"));
    symlinkSync(join(directory, "kept"), join(directory, "link"));
    removeTree(join(directory, "link"));
    expect([existsSync(join(directory, "link")), existsSync(join(directory, "kept"))]).toEqual([false, true]);
  });

  it("removes directories that are nested deeper than a path may be long", () => {
    const nest =
      'for (let level = 0; level < 1500; level++) { fs.mkdirSync("tree"); process.chdir("tree"); } fs.writeFileSync("file", "x")';
    execFileSync(process.execPath, ["-e", nest], { cwd: directory });
    removeTree(join(directory, "tree"));
    expect(existsSync(join(directory, "tree"))).toBe(false);
  });
});
