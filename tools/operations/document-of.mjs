// @ts-check
import { operations } from "@rxsandbox/protocol";
import { collectEvidence } from "./collect-evidence.mjs";
import { coverageDocument } from "./coverage-document.mjs";
import { reasons } from "./reasons.mjs";

/** The table as the built packages have it now. @param {string} root */
export async function documentOf(root) {
  return coverageDocument(operations, await collectEvidence(root, operations), reasons);
}
