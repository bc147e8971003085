import { mergeModel, removeModel } from "../oracles/egress-model.js";
import { officialExitCode } from "../oracles/official-exit-code.js";
import { parseBytes } from "../oracles/parsers/parse-bytes.js";
import type { RuleFunctions } from "./rules-in-process.js";

/** The rules as this suite understands them: what the oracles are made of, as functions. */
export const modelRules: Required<RuleFunctions> = {
  decode: parseBytes,
  infer: officialExitCode,
  merge: mergeModel,
  remove: removeModel,
};
