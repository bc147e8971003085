import fc from "fast-check";
import { judgeDecoded } from "../../oracles/decode-oracle.js";
import { decodeVectors } from "../../oracles/parsers/decode-vectors.js";
import type { RuleCase, RuleCheck } from "../rule-check.js";
import { decodedOf, decodeRequest } from "./decode-check.js";

const vectors = decodeVectors();
const clauseOf = { MUST: "rule.decode.items", INFO: "rule.decode.open-readings" } as const;

function vectorCases(level: "MUST" | "INFO"): readonly RuleCase[] {
  return vectors
    .filter((vector) => (vector.level === "MUST") === (level === "MUST"))
    .filter(({ items }) => level === "INFO" || items.length > 0)
    .map(({ chunks, end, items, ended }) => ({
      requests: [decodeRequest(chunks, end)],
      judge: ([answer]) =>
        judgeDecoded(
          clauseOf[level],
          { items, ended: end === "cut" ? ["truncated", "error"] : [ended] },
          decodedOf(answer),
          level,
        ),
    }));
}

/** Frozen bodies: those that every parser has to read alike, and those where the reading is reported. */
export const readingChecks: readonly RuleCheck[] = [
  {
    id: "rule/decode/vectors",
    title: "the frozen bodies decode as frozen",
    clause: clauseOf.MUST,
    level: "MUST",
    op: "decode",
    controls: vectorCases("MUST"),
    cases: fc.constantFrom(...vectorCases("MUST")),
    maxRuns: 1,
  },
  {
    id: "rule/decode/open-readings",
    title: "bodies beyond the grammar are read somehow",
    clause: clauseOf.INFO,
    level: "INFO",
    op: "decode",
    controls: vectorCases("INFO"),
    cases: fc.constantFrom(...vectorCases("INFO")),
    maxRuns: 1,
  },
];
