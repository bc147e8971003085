import type { Arbitrary } from "fast-check";
import type { Level } from "../model/check.js";
import type { OracleFinding } from "../oracles/finding.js";
import type { RuleAnswer, RuleOp, RuleRequest } from "./rule-port.js";

/** One generated case: what the rule is asked, in order, and how its answers are judged. */
export interface RuleCase {
  readonly requests: readonly RuleRequest[];
  /** Answers in the order of the requests. The first finding is the reason. */
  judge(answers: readonly RuleAnswer[]): readonly OracleFinding[];
}

/** One thing that the suite asks of a rule, judged over generated cases. */
export interface RuleCheck {
  /** `rule/<op>/<claim>`, the same for pass and fail, for ever. */
  readonly id: string;
  /** What holds, one sentence in the present tense. */
  readonly title: string;
  readonly clause: string;
  /** Below MUST nothing fails: SHOULD warns, of the others the reading is reported. */
  readonly level: Level;
  readonly op: RuleOp;
  readonly cases: Arbitrary<RuleCase>;
  /** Cases that come first in every run: a rule that does nothing cannot pass them. */
  readonly controls: readonly RuleCase[];
  /** Smallest share of cases of a class of chunk borders, 0 to 1. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Most cases of one run, where a case is large. */
  readonly maxRuns?: number;
}
