// @ts-check
import { readFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { allChecks } from "../packages/conformance/dist/index.js";
import { allMutants } from "../packages/conformance/dist/self-test.js";

// Fills in which checks and mutants each requirement has; everything else in the file is written by hand. Needs a
// build.
const path = new URL("../packages/conformance/requirements.yaml", import.meta.url);
const document = parseDocument(readFileSync(path, "utf8"));
const clauses = /** @type {import("yaml").YAMLSeq<import("yaml").YAMLMap>} */ (document.get("clauses"));
for (const clause of clauses.items) {
  const id = String(clause.get("id"));
  fill(
    clause,
    "checks",
    allChecks.filter((check) => check.clauses.includes(id)).map((check) => check.id),
  );
  fill(
    clause,
    "mutants",
    allMutants.filter((mutant) => mutant.reason.clause === id).map((mutant) => mutant.id),
  );
}
writeFileSync(path, document.toString({ lineWidth: 0, flowCollectionPadding: false }));

/**
 * @param {import("yaml").YAMLMap} clause
 * @param {string} key
 * @param {readonly string[]} values
 */
function fill(clause, key, values) {
  if (values.length === 0) return void clause.delete(key);
  const list = document.createNode(values, { flow: true });
  clause.set(key, list);
}
