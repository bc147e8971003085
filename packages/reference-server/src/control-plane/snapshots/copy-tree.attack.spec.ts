import { spawn } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyTree } from "./copy-tree.js";

const RACES = 300;

/**
 * As another sandbox that was handed the directory: exchanges `file` for a link to the file of the host, and back, as
 * fast as it can.
 */
const EXCHANGER = `
const { renameSync, symlinkSync } = require("node:fs");
const [source, file] = process.argv.slice(1);
process.chdir(source + "/sub");
symlinkSync(file, "link");
console.log("ready");
for (const end = Date.now() + 60000; Date.now() < end; ) {
  renameSync("file", "real"); renameSync("link", "file");
  renameSync("file", "link"); renameSync("real", "file");
}`;

// Only Linux can hold a directory, and only there a driver promises this.
describe.runIf(process.platform === "linux")("copyTree attacked by somebody who still holds the source", () => {
  let directory: string;
  let source: string;
  let target: string;
  let outside: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rx-copy-attack-"));
    source = join(directory, "source");
    target = join(directory, "target");
    outside = join(directory, "outside");
    mkdirSync(join(source, "sub"), { recursive: true });
    mkdirSync(outside);
    writeFileSync(join(source, "sub/file"), "of the sandbox");
    writeFileSync(join(outside, "file"), "of the host", { mode: 0o600 });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Copies, and calls `attack` just before the copy takes its entry number `at`. */
  async function copyAttacked(at: number, attack: () => void): Promise<void> {
    let entry = 0;
    const signal = new AbortController().signal;
    Object.defineProperty(signal, "throwIfAborted", {
      value: () => {
        if (entry++ === at) attack();
      },
    });
    await copyTree(source, target, { signal });
  }

  it("copies from the directory that it entered, not from what has its name now", async () => {
    await copyAttacked(1, () => {
      renameSync(join(source, "sub"), join(source, "moved"));
      symlinkSync(outside, join(source, "sub"));
    });
    expect(readFileSync(join(target, "sub/file"), "utf8")).toBe("of the sandbox");
  });

  it(`reads no file outside in ${RACES} races against exchanged files`, { timeout: 60_000 }, async () => {
    const exchanger = spawn(process.execPath, ["-e", EXCHANGER, source, join(outside, "file")], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => exchanger.stdout.once("data", resolve));
    let readAt: number | undefined;
    let refused = 0;
    try {
      for (let race = 1; race <= RACES && readAt === undefined; race++) {
        rmSync(target, { recursive: true, force: true });
        await copyTree(source, target, { signal: new AbortController().signal }).catch(() => (refused += 1));
        if (["file", "real", "link"].some((name) => isCopyOfHost(join(target, "sub", name)))) readAt = race;
      }
    } finally {
      const ended = new Promise((resolve) => exchanger.once("exit", resolve));
      exchanger.kill("SIGKILL");
      await ended;
    }
    process.stdout.write(
      `${RACES} races, ${refused} copies refused, a file outside read at race ${readAt ?? "none"}\n`,
    );
    expect(readAt).toBeUndefined();
  });
});

function isCopyOfHost(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path, "utf8") === "of the host";
}
