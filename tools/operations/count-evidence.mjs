// @ts-check
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { matchOperation, nameOf } from "./match-operation.mjs";

/** @typedef {import("@rxsandbox/protocol").ProtocolOperation} Operation */
/**
 * @typedef {{ readonly steps?: readonly { readonly request?: { readonly method?: string, readonly path?: string } }[]
 * }} Recording
 */

/**
 * Counts the recordings of real servers that hold a call of each operation, which integration tests play both ways, and
 * the clauses of the conformance suite that are about it.
 * @param {string} root
 * @param {readonly Operation[]} operations
 * @returns {ReadonlyMap<string, { readonly recordings: number, readonly clauses: number }>}
 */
export function countEvidence(root, operations) {
  const counts = new Map(operations.map((operation) => [nameOf(operation), { recordings: 0, clauses: 0 }]));
  const recordings = join(root, "packages/integration/fixtures/transcripts");
  for (const api of ["lifecycle", "execd", "egress"]) {
    const own = operations.filter((operation) => operation.api === api);
    for (const path of readdirSync(join(recordings, api), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    )) {
      /** @type {Recording} */
      const recording = JSON.parse(readFileSync(join(recordings, api, path), "utf8"));
      for (const name of callsOf(recording, own)) {
        const count = counts.get(name);
        if (count !== undefined) count.recordings += 1;
      }
    }
  }
  const requirements = join(root, "packages/conformance/requirements.yaml");
  if (existsSync(requirements)) {
    for (const [, list = ""] of readFileSync(requirements, "utf8").matchAll(/^ +operations: \[(.*)\]$/gm)) {
      for (const [, name = ""] of list.matchAll(/"([^"]+)"/g)) {
        const count = counts.get(name);
        if (count !== undefined) count.clauses += 1;
      }
    }
  }
  return counts;
}

/**
 * @param {Recording} recording
 * @param {readonly Operation[]} operations
 */
function callsOf({ steps = [] }, operations) {
  const found = steps.flatMap(({ request }) => {
    if (request?.method === undefined || request.path === undefined) return [];
    const operation = matchOperation(
      operations,
      request.method,
      (request.path.split("?")[0] ?? "").replace(/^\/(?!v1\/)(?=sandboxes|snapshots|pools)/, "/v1/"),
    );
    return operation === undefined ? [] : [nameOf(operation)];
  });
  return new Set(found);
}
