import { allChecks } from "@rxsandbox/conformance";
import { embeddedSubject, judgeMutants, serverMutants } from "@rxsandbox/conformance/self-test";
import type { Terminal } from "../terminal.js";
import { conformanceExit } from "./judge.js";

/** How `conformance mutants` is asked for. */
export interface MutantOptions {
  readonly filter?: string;
  readonly seed?: number;
  /** Runs every check against every mutant. */
  readonly matrix?: boolean;
  /** Names them and runs none. */
  readonly list?: boolean;
}

/**
 * `conformance mutants`: plants the suite's faults in embedded servers and prints which check found each; 1 when one
 * was not found.
 */
export async function tryMutants(
  { filter = "", seed = 1, matrix = false, list = false }: MutantOptions,
  terminal: Terminal,
): Promise<number> {
  const wanted = serverMutants.filter(({ id, check }) => id.includes(filter) || check.includes(filter));
  if (list) {
    await terminal.out(
      wanted
        .map(
          ({ id, title, check, isConditional }) =>
            `${id}${isConditional ? " (conditional)" : ""}\n    ${title}\n    found by ${check}\n`,
        )
        .join(""),
    );
    return 0;
  }
  if (wanted.length === 0) {
    await terminal.err(`rxsandbox: there is no mutant whose name or check contains "${filter}"\n`);
    return conformanceExit.inconclusive;
  }
  const { subject, close } = await embeddedSubject({ allowRoot: true });
  let left = 0;
  try {
    await judgeMutants(wanted, subject, {
      checks: allChecks,
      seed,
      isFullMatrix: matrix,
      onJudged: ({ mutant, isKilled, verdict, unexpected }) => {
        const isGood = isKilled && unexpected.length === 0;
        if (!isGood) left++;
        void terminal.out(
          `${isGood ? "killed  " : "SURVIVED"} ${mutant}: ${verdict}${unexpected.length === 0 ? "" : `; also ${unexpected.join(", ")}`}\n`,
        );
      },
    });
  } finally {
    await close();
  }
  await terminal.out(
    `${wanted.length - left} of ${wanted.length} mutants found by their check, with the expected reason\n`,
  );
  return left === 0 ? 0 : 1;
}
