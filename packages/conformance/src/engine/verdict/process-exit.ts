/**
 * How a run ends as a process: 0 conformant (or no regression), 1 not conformant, 2 inconclusive, 3 usage,
 * 4 subject unreachable, 5 fault of the suite.
 */
export type ProcessExit = 0 | 1 | 2 | 3 | 4 | 5;

/** Which of several reasons wins. */
const PRECEDENCE: readonly ProcessExit[] = [3, 5, 4, 1, 2, 0];

/** The one exit code of several reasons: 3 over 5 over 4 over 1 over 2 over 0. */
export function strongestExit(reasons: readonly ProcessExit[]): ProcessExit {
  return PRECEDENCE.find((code) => reasons.includes(code)) ?? 2;
}
