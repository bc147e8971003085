import type { RuleFunctions } from "../../rules/rules-in-process.js";

/** A rule with one fault. Which checks see it, and with which reason codes, is frozen in the kill table. */
export interface WrongRule {
  /** `<op>/<fault>`. */
  readonly id: string;
  /** What is wrong, as somebody could have written it. */
  readonly title: string;
  /** Whether the fault shows under a condition only, not in every plain case. */
  readonly isConditional?: boolean;
  /** Id of the check that must fail. */
  readonly fails: string;
  /** Made afresh each time where the fault is in what it remembers. */
  readonly rules: RuleFunctions;
}
