import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUZZ_TARGETS, type FuzzTarget } from "./fuzz-targets.js";
import type { Holdings } from "./fuzzed-process.js";
import { hostileAnswer, hostileRequest } from "./hostile-bytes.js";
import { askInnocently, type Outcome, runCases, sendHostile } from "./run-cases.js";

/**
 * `RXSANDBOX_FUZZ_SEED`, `_FIRST` and `_CASES` repeat a failure: the cases of a seed are the same everywhere. Without
 * them each run tries the same.
 */
const SEED = Number(process.env["RXSANDBOX_FUZZ_SEED"] ?? 1);
const FIRST = Number(process.env["RXSANDBOX_FUZZ_FIRST"] ?? 0);
const CASES = Number(process.env["RXSANDBOX_FUZZ_CASES"] ?? 2_000);
/** Cases before the first measurement: pools and caches fill. */
const WARM_UP = 300;
const SLACK: Holdings = { descriptors: 12, kilobytes: 120 * 1024 };
const TIMEOUT_MS = 300_000;

// What a process holds is read from /proc.
describe.runIf(process.platform === "linux").each(Object.keys(FUZZ_TARGETS))("%s between hostile ends", (name) => {
  let target: FuzzTarget;
  beforeAll(async () => {
    target = await FUZZ_TARGETS[name]!(SEED);
  });
  afterAll(() => target.close());

  it(`outlives ${CASES} hostile answers and leaks nothing`, { timeout: TIMEOUT_MS }, () =>
    fuzz(
      "answers",
      (index) => askInnocently(target, `c${index}`, index),
      (index) => hostileAnswer(SEED, index, "?").pieces,
    ),
  );

  it(`outlives ${CASES} hostile requests and leaks nothing`, { timeout: TIMEOUT_MS }, () => {
    const request = (index: number) =>
      hostileRequest(SEED, index, `${target.prefix}/`, `Host: ${target.address}\r\n${target.headers}`);
    return fuzz(
      "requests",
      (index) => sendHostile(target, request(index)),
      (index) => request(index).pieces,
    );
  });

  async function fuzz(
    kind: string,
    run: (index: number) => Promise<Outcome>,
    bytesOf: (index: number) => readonly Buffer[],
  ): Promise<void> {
    const ran: number[] = [];
    const runOne = async (index: number): Promise<Outcome> => {
      ran.push(index);
      const outcome = await run(index);
      target.process.check();
      return outcome;
    };
    try {
      // After the warm-up connections are still closing; memory, though, has grown to what it needs.
      const { descriptors } = target.process.holdings();
      await runCases(FIRST + CASES, WARM_UP, runOne);
      const before: Holdings = { ...target.process.holdings(), descriptors };
      const start = performance.now();
      const outcomes = await runCases(FIRST, CASES, runOne);
      const tookMs = performance.now() - start;
      expect(await askInnocently(target, "innocent", 0)).toBe(200);
      await expect
        .poll(() => target.process.holdings().descriptors, { timeout: 20_000, interval: 200 })
        .toBeLessThanOrEqual(before.descriptors + SLACK.descriptors);
      const after = target.process.holdings();
      const counts = [...outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(", ");
      process.stdout.write(
        `${name}: ${CASES} hostile ${kind} (seed ${SEED}) in ${(tookMs / 1000).toFixed(1)} s: ${counts}; descriptors ${before.descriptors} → ${after.descriptors}, memory ${before.kilobytes >> 10} → ${after.kilobytes >> 10} MiB\n`,
      );
      expect(after.kilobytes).toBeLessThanOrEqual(before.kilobytes + SLACK.kilobytes);
    } catch (cause) {
      const last = ran
        .slice(-32)
        .map((index) => `${index}: ${Buffer.concat(bytesOf(index)).subarray(0, 120).toString("hex")}`);
      throw new Error(
        `seed ${SEED}, ${kind}: ${String(cause)}\nRepeat one with RXSANDBOX_FUZZ_SEED=${SEED} RXSANDBOX_FUZZ_FIRST=<case> RXSANDBOX_FUZZ_CASES=1. The last cases, in hexadecimal digits:\n${last.join("\n")}`,
        { cause },
      );
    }
  }
});
