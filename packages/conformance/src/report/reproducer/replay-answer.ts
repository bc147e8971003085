import type { Verdict } from "../../model/verdict.js";

/**
 * What a replay found: `FIXED` when the check passes on the recorded case, `STILL-FAILING` when it fails for the same
 * reason code each time, `FLAKY` when it does in some of several tries, `CANNOT-REPLAY` when there is no telling.
 */
export interface ReplayAnswer {
  readonly answer: "FIXED" | "STILL-FAILING" | "FLAKY" | "CANNOT-REPLAY";
  /** One line for people: the answer with its numbers and its reason. */
  readonly text: string;
  /** How often the case was tried, and how often it failed for the recorded reason. */
  readonly tries: number;
  readonly hits: number;
  /** The verdict of each try. */
  readonly verdicts: readonly Verdict[];
  /**
   * Recorded operations, repeats of a request not counted, that the last try sent again as they are, out of how many.
   */
  readonly sent: { readonly same: number; readonly of: number };
}
