import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeTree } from "./remove-tree.js";

const RACES = 30;
const FILES = 300;

/**
 * As another sandbox that was handed the directory: exchanges `d` for a link to the victim, and back, as fast as it
 * can.
 */
const EXCHANGER = `
const { renameSync, symlinkSync } = require("node:fs");
const [tree, victim] = process.argv.slice(1);
process.chdir(tree);
symlinkSync(victim, "link");
console.log("ready");
for (const end = Date.now() + 5000; Date.now() < end; ) {
  try {
    renameSync("d", "real"); renameSync("link", "d");
    renameSync("d", "link"); renameSync("real", "d");
  } catch (error) { if (error.code === "ENOENT") break; }
}`;

// Only Linux can hold a directory, and only there a driver promises this.
describe.runIf(process.platform === "linux")("removeTree attacked by somebody who still holds the tree", () => {
  let directory: string;
  let victim: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rx-remove-attack-"));
    victim = join(directory, "victim");
    fill(victim);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it(`removes no file outside in ${RACES} races against exchanged directories`, { timeout: 60_000 }, async () => {
    let lostAt: number | undefined;
    let refused = 0;
    for (let race = 1; race <= RACES && lostAt === undefined; race++) {
      const tree = join(directory, `tree-${race}`);
      fill(join(tree, "d"));
      const exchanger = await startExchanger(tree);
      try {
        removeTree(tree);
      } catch {
        // A program that writes as fast as it removes may win: the rest goes when the server starts again.
        refused += 1;
      }
      await end(exchanger);
      if (readdirSync(victim).length < FILES) lostAt = race;
      removeTree(tree);
    }
    process.stdout.write(
      `${RACES} races, ${refused} removals refused, files outside lost at race ${lostAt ?? "none"}\n`,
    );
    expect(lostAt).toBeUndefined();
  });

  async function startExchanger(tree: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["-e", EXCHANGER, tree, victim], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    return child;
  }
});

function fill(path: string): void {
  mkdirSync(path, { recursive: true });
  for (let index = 0; index < FILES; index++) writeFileSync(join(path, `f${index}`), "x");
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null) {
    child.kill("SIGKILL");
    await ended;
  }
}
