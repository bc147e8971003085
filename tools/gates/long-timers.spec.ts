import { describe, expect, it } from "vitest";
import { longTimers } from "./long-timers.mjs";
import { plantedPackage, withPlantedTree } from "./planted-tree.mjs";

const violations = (text: string, path = "x.ts") =>
  withPlantedTree(plantedPackage("transport", { [path]: text }), longTimers.check);

describe("longTimers", () => {
  it.each([
    "setTimeout(f, delayMs);",
    "globalThis.setTimeout(f, options.delayMs);",
    "setTimeout(f, 2_147_483_648);",
    "setInterval(f, pingMs / 6);",
    "setTimeout(f, Math.max(0, LIMIT_MS));",
    "setTimeout(f, Math.min(a, b));",
    "for (const waitMs of waits) setTimeout(f, waitMs);",
    "AbortSignal.timeout(seconds * 1000);",
    'import { timer } from "rxjs"; timer(intervalMs);',
    'import { map, timeout } from "rxjs"; timeout({ first: waitMs, with: f });',
    'import { timeout } from "rxjs"; timeout(waitMs);',
  ])("finds %s", async (text) => {
    expect(await violations(text)).toHaveLength(1);
  });

  it.each([
    "setTimeout(f);",
    "setTimeout(f, 50);",
    "setTimeout(f, WAIT_MS);",
    "for (const waitMs of WAITS_MS) setTimeout(f, waitMs);",
    "setInterval(f, SILENCE_MS / 2);",
    "setTimeout(f, Math.min(delayMs, LONGEST_MS));",
    'import { timer } from "rxjs"; timer(WAIT_MS);',
    'import { timeout } from "rxjs"; timeout({ first: WAIT_MS, with: f });',
    'import { timer } from "./own.js"; timer(delayMs);',
  ])("accepts %s", async (text) => {
    expect(await violations(text)).toEqual([]);
  });

  it("leaves specs and the home of long timers alone", async () => {
    expect(await violations("setTimeout(f, delayMs);", "x.spec.ts")).toEqual([]);
    expect(await violations("setTimeout(f, delayMs);", "timer/long-timer.ts")).toEqual([]);
  });
});
