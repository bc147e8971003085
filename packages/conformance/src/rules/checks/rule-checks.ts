import type { RuleCheck } from "../rule-check.js";
import { chunkChecks } from "./chunk-checks.js";
import { endingChecks } from "./ending-checks.js";
import { eventChecks } from "./event-checks.js";
import { framingChecks } from "./framing-checks.js";
import { inferChecks } from "./infer-checks.js";
import { mergeChecks } from "./merge-checks.js";
import { readingChecks } from "./reading-checks.js";
import { removeChecks } from "./remove-checks.js";
import { statelessCheck } from "./stateless-check.js";

const own = [
  ...framingChecks,
  ...chunkChecks,
  ...endingChecks,
  ...eventChecks,
  ...readingChecks,
  ...inferChecks,
  ...mergeChecks,
  ...removeChecks,
];

/** Every check of rules, by operation. */
export const ruleChecks: readonly RuleCheck[] = [
  ...own,
  ...(["decode", "infer", "merge", "remove"] as const).map((op) => statelessCheck(op, own)),
];
