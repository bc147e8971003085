import type { BodyEnd, Decoded } from "../oracles/parsers/decoded.js";
import type { EgressOutcome } from "../oracles/egress-model.js";
import type { InferableExecution } from "../oracles/official-exit-code.js";
import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";

/** What a rule may be asked. */
export type RuleOp = "decode" | "infer" | "merge" | "remove";

/** Only where the suite wants to repeat an id; else whoever speaks to the rule counts. */
interface WithId {
  readonly id?: number;
}

/** Decodes the chunks of one body; borders are exact, empty chunks legal, bytes in base64. */
export interface DecodeRequest extends WithId {
  readonly op: "decode";
  readonly contentType: string;
  readonly chunks: readonly string[];
  readonly end: BodyEnd;
}

/** Tells the exit code of a foreground command or a session run. */
export interface InferRequest extends WithId {
  readonly op: "infer";
  readonly execution: InferableExecution;
}

/** Merges rules into a policy, as `PATCH /policy` does. */
export interface MergeRequest extends WithId {
  readonly op: "merge";
  readonly policy: WireEgressPolicy;
  readonly patch: readonly WireEgressRule[];
  /** Most rules of the merged list; 0 or absent is any number. */
  readonly limit?: number;
}

/** Removes the rules of some targets, as `DELETE /policy` does. */
export interface RemoveRequest extends WithId {
  readonly op: "remove";
  readonly policy: WireEgressPolicy;
  readonly targets: readonly string[];
}

/** One request of the rule port, without its id. */
export type RuleRequest = DecodeRequest | InferRequest | MergeRequest | RemoveRequest;

/** What a rule made of a request: a judged result. `refused` is one too; a crash, silence or another shape is none. */
export type RuleAnswer = Decoded | { readonly exitCode: number | null } | EgressOutcome | { readonly refused: string };
