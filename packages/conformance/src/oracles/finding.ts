import type { Level } from "../model/check.js";
import type { ReasonCode } from "../model/reason-code.js";

/** What an oracle found not to hold; the reason code never changes with the data. */
export interface OracleFinding extends ReasonCode {
  /** A violation of MUST is red, of SHOULD a warning; of the others what was observed is reported. */
  readonly level: Level;
  /** JSON, both of them. */
  readonly expected: unknown;
  readonly observed: unknown;
  /** Where in the data, such as `frame 3`. */
  readonly at?: string;
}
