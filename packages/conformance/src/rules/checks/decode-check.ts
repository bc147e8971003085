import fc from "fast-check";
import { judgeDecoded } from "../../oracles/decode-oracle.js";
import type { Level } from "../../model/check.js";
import type { BodyEnd } from "../../oracles/parsers/decoded.js";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import type { DecodeRequest, RuleAnswer } from "../rule-port.js";
import { bodyOf, type Body } from "./body.js";
import { cutters, type Cutter } from "./cutters.js";

/** What a check of a parser is made of. */
export interface DecodeCheckPlan {
  /** The claim, last part of the id. */
  readonly name: string;
  readonly title: string;
  readonly clause: string;
  /** Default MUST. */
  readonly level?: Level;
  readonly body: fc.Arbitrary<Body>;
  /** Default: one chunk. */
  readonly cut?: Cutter;
  /** Default `eof`. */
  readonly end?: BodyEnd;
  readonly shares?: RuleCheck["shares"];
  readonly maxRuns?: number;
}

const encoder = new TextEncoder();

/** Makes the request for a body in chunks. */
export function decodeRequest(chunks: readonly Uint8Array[], end: BodyEnd = "eof"): DecodeRequest {
  return {
    op: "decode",
    contentType: "text/event-stream",
    chunks: chunks.map((chunk) => Buffer.from(chunk).toString("base64")),
    end,
  };
}

/** Takes an answer for one of a parser; readAnswer has seen to that. */
export function decodedOf(answer: RuleAnswer | undefined): Parameters<typeof judgeDecoded>[2] {
  return answer !== undefined && ("items" in answer || "refused" in answer) ? answer : { refused: "no answer" };
}

/** Makes a check that decodes one body per case and compares it with how the body was made. */
export function decodeCheck({
  name,
  title,
  clause,
  level = "MUST",
  body,
  cut = cutters.whole,
  end = "eof",
  shares,
  maxRuns,
}: DecodeCheckPlan): RuleCheck {
  const caseOf = (made: Body, numbers: readonly number[]): RuleCase => ({
    requests: [decodeRequest(cut(encoder.encode(made.text), numbers), end)],
    judge: ([answer]) => judgeDecoded(clause, made, decodedOf(answer), level),
  });
  return {
    id: `rule/decode/${name}`,
    title,
    clause,
    level,
    op: "decode",
    cases: fc
      .tuple(body, fc.array(fc.nat({ max: 0x3fff_ffff }), { minLength: 1, maxLength: 6 }))
      .map(([made, numbers]) => caseOf(made, numbers)),
    controls: [plainControl(clause, level)],
    ...(shares === undefined ? {} : { shares }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
  };
}

/** Two plain frames in one chunk: who cannot read them passes nothing. */
function plainControl(clause: string, level: Level): RuleCase {
  const body = bodyOf(
    [
      { type: "init", text: "0af3", timestamp: 1_700_000_000_001 },
      { type: "execution_complete", execution_time: 7, timestamp: 1_700_000_000_002 },
    ],
    { framing: "bare" },
  );
  return {
    requests: [decodeRequest([encoder.encode(body.text)])],
    judge: ([answer]) => judgeDecoded(clause, body, decodedOf(answer), level),
  };
}
