import { verdictText } from "../../model/verdict-text.js";
import type { ConformanceReport } from "../../engine/run/conformance-report.js";
import { embeddedSubject } from "../embedded-subject.js";
import { judgeAltered, type JudgeOptions } from "../mutants/judge-mutant.js";
import type { BenignVariant } from "./benign-variant.js";

/** What the suite made of a benign variant. */
export interface VariantJudgement {
  readonly variant: string;
  readonly seed: number;
  /** How often the variation happened; 0 proves nothing. */
  readonly happened: number;
  /** Checks whose verdict differs from the plain run, with both. */
  readonly differences: readonly string[];
}

/** The verdicts of a run, by check: status and reason, without what was observed. */
export type VerdictVector = ReadonlyMap<string, string>;

/** Reads the verdict vector off a report. */
export function verdictVector({ results }: ConformanceReport): VerdictVector {
  return new Map(results.map(({ check, verdict }) => [check, verdictText(verdict)]));
}

/**
 * Runs the checks against a variant on a server of its own and compares the verdicts with those of the plain server,
 * which may still be on their way.
 */
export async function judgeVariant(
  variant: BenignVariant,
  plain: VerdictVector | Promise<VerdictVector>,
  options: JudgeOptions & { readonly seed: number },
): Promise<VariantJudgement> {
  const server = await embeddedSubject(variant.server);
  let happened = 0;
  try {
    const report = await judgeAltered(
      server.subject,
      () => variant.alteration?.({ happened: () => void happened++ }) ?? {},
      options,
    );
    const seen = verdictVector(report);
    const expected = await plain;
    const differences = [...new Set([...expected.keys(), ...seen.keys()])].flatMap((check) => {
      const [before, after] = [expected.get(check) ?? "not run", seen.get(check) ?? "not run"];
      const isDeclared = after.startsWith("warn ") && variant.warns?.includes(check) === true;
      return before === after || isDeclared ? [] : [`${check}: ${before} -> ${after}`];
    });
    return { variant: variant.id, seed: options.seed, happened, differences };
  } finally {
    await server.close();
  }
}
