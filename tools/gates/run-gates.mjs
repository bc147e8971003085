// @ts-check

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * Runs gates one after the other, one line each, with what each found below it. A gate that throws has failed; the next
 * one runs anyway.
 * @param {readonly import("./workspace.mjs").Gate[]} gates
 * @param {string} root
 * @param {(line: string) => void} say
 * @returns {Promise<Counts>}
 */
export async function runGates(gates, root, say) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, check } of gates) {
    const violations = await violationsOf(check, root);
    counts[violations.length === 0 ? "passed" : "failed"] += 1;
    say(`${violations.length === 0 ? "ok    " : "FAILED"} ${name}`);
    for (const violation of violations) say(`       ${violation}`);
  }
  return counts;
}

/**
 * @param {import("./workspace.mjs").Gate["check"]} check
 * @param {string} root
 */
async function violationsOf(check, root) {
  try {
    return await check(root);
  } catch (error) {
    return [`did not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}
