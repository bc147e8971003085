import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyTree } from "./copy-tree.js";

/** Everything that a copy has to keep. */
function listing(root: string, below = ""): string[] {
  return readdirSync(join(root, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name);
      const stat = lstatSync(join(root, path));
      const kind = stat.isDirectory()
        ? "d"
        : stat.isSymbolicLink()
          ? `l ${readlinkSync(join(root, path))}`
          : `f ${readFileSync(join(root, path), "hex")}`;
      const line = `${path} ${(stat.mode & 0o7777).toString(8)} ${Math.round(stat.mtimeMs)} ${stat.nlink > 1 && stat.isFile()} ${kind}`;
      return stat.isDirectory() ? [line, ...listing(root, path)] : [line];
    });
}

describe("copyTree", () => {
  let directory: string;
  let source: string;
  let target: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rx-copy-"));
    source = join(directory, "source");
    target = join(directory, "target");
    mkdirSync(source);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const copy = (skipped: string[] = []) => copyTree(source, target, { signal: new AbortController().signal, skipped });

  it("keeps contents, modes, times and links as they are", async () => {
    mkdirSync(join(source, "sub/empty"), { recursive: true });
    writeFileSync(join(source, "sub/a"), Buffer.from([0, 255, 10]));
    writeFileSync(join(source, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(source, "mine"), "secret", { mode: 0o600 });
    symlinkSync("/etc/passwd", join(source, "out"));
    symlinkSync("nowhere", join(source, "sub/dangling"));
    chmodSync(join(source, "run.sh"), 0o4751);
    chmodSync(join(source, "sub"), 0o1777);
    utimesSync(join(source, "mine"), 1000, 2000);
    lutimesSync(join(source, "out"), 1000, 3000);
    utimesSync(join(source, "sub"), 1000, 4000);
    await copy();
    expect(listing(target)).toEqual(listing(source));
    expect(listing(target)).toHaveLength(7);
  });

  it("shares nothing with the source and leaves out anything that is not a file", async () => {
    writeFileSync(join(source, "one"), "1");
    linkSync(join(source, "one"), join(source, "two"));
    execFileSync("mkfifo", [join(source, "pipe")]);
    await copy();
    expect(readdirSync(target).sort()).toEqual(["one", "two"]);
    writeFileSync(join(source, "one"), "changed");
    expect([readFileSync(join(target, "one"), "utf8"), readFileSync(join(target, "two"), "utf8")]).toEqual(["1", "1"]);
    expect(lstatSync(join(target, "one")).nlink).toBe(1);
  });

  it("copies what its owner may not read, and leaves it so", async () => {
    mkdirSync(join(source, "closed"));
    writeFileSync(join(source, "closed/inner"), "x", { mode: 0 });
    chmodSync(join(source, "closed"), 0);
    await copy();
    for (const root of [source, target]) {
      expect(lstatSync(join(root, "closed")).mode & 0o777).toBe(0);
      chmodSync(join(root, "closed"), 0o700);
      expect(lstatSync(join(root, "closed/inner")).mode & 0o777).toBe(0);
      chmodSync(join(root, "closed/inner"), 0o600);
      expect(readFileSync(join(root, "closed/inner"), "utf8")).toBe("x");
    }
  });

  it("leaves out what it is told to", async () => {
    mkdirSync(join(source, "volumes"));
    mkdirSync(join(source, "sub/volumes"), { recursive: true });
    await copy(["volumes"]);
    expect(listing(target).map((line) => line.split(" ")[0])).toEqual(["sub", "sub/volumes"]);
  });

  it("stops when told to", async () => {
    writeFileSync(join(source, "a"), "1");
    await expect(copyTree(source, target, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    expect(readdirSync(target)).toEqual([]);
  });
});
