/** Why a check is red: the clause and the invariant of it that did not hold. Stable, so that baselines can name it. */
export interface ReasonCode {
  readonly clause: string;
  /** A kebab-case name, such as `no-end` or `wrong-exit`. */
  readonly invariant: string;
}

/** The one spelling of a reason code in text: `clause/invariant`. */
export function reasonText(reason: ReasonCode): string {
  return `${reason.clause}/${reason.invariant}`;
}
