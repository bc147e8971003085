import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { confineTo } from "./confinement.js";

let base = "";
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "rxsandbox-confine-"));
  mkdirSync(join(base, "root/dir"), { recursive: true });
  mkdirSync(join(base, "outside"));
  writeFileSync(join(base, "outside/secret"), "s");
  symlinkSync(join(base, "outside"), join(base, "root/escape"));
  symlinkSync(join(base, "outside/future"), join(base, "root/dangling"));
  symlinkSync("../../outside", join(base, "root/dir/relative"));
  symlinkSync("loop", join(base, "root/loop"));
  symlinkSync("dir", join(base, "root/inside"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("confineTo", () => {
  it.each(["root", "root/dir/new", "root/a/b/c", "root/inside/x"])("allows %s", async (path) => {
    expect(await confineTo([join(base, "root")]).allows(join(base, path))).toBe(true);
  });

  it.each([
    "outside",
    "rootless",
    "root/../outside",
    "root/escape/secret",
    "root/escape/new/file",
    "root/dangling",
    "root/dir/relative/x",
    "root/loop/x",
  ])("refuses %s", async (path) => {
    expect(await confineTo([join(base, "root")]).allows(join(base, path))).toBe(false);
  });

  it("leaves a last link alone when it is the link that counts", async () => {
    const confinement = confineTo([join(base, "root")]);
    expect(await confinement.allows(join(base, "root/escape"), false)).toBe(true);
    expect(await confinement.allows(join(base, "root/escape/secret"), false)).toBe(false);
  });

  it("allows everything without roots", async () => {
    expect(await confineTo(null).allows("/etc/passwd")).toBe(true);
  });
});
