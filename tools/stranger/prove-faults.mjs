// @ts-check
import { readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCheck } from "./consumers.mjs";
import { faults } from "./faults.mjs";

/**
 * Breaks what a consumer has installed, one fault at a time, and puts it back.
 * @param {readonly string[]} checks of this consumer that are part of the run
 * @param {string} folder where it is installed
 * @param {(result: { check: string, isGreen: boolean, output: string, seconds: number }) => void} report a fault that
 * goes unnoticed is not green
 */
export async function proveFaults(checks, folder, report) {
  for (const fault of faults) {
    const finders = fault.finds.filter((check) => checks.includes(check));
    if (finders.length === 0) continue;
    const path = await realpath(join(folder, "node_modules", fault.file));
    const healthy = await readFile(path, "utf8");
    await writeFile(path, fault.break(healthy));
    try {
      for (const check of finders) {
        const start = performance.now();
        const { isGreen } = await runCheck(check, folder);
        report({
          check: `${check} finds: ${fault.what}`,
          isGreen: !isGreen,
          output: isGreen ? "it passes\n" : "",
          seconds: (performance.now() - start) / 1000,
        });
      }
    } finally {
      await writeFile(path, healthy);
    }
  }
}
