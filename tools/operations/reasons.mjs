// @ts-check

/** @typedef {import("./coverage-document.mjs").Reasons} Reasons */
/** @typedef {import("./coverage-document.mjs").Column} Column */

/**
 * @param {readonly string[]} names
 * @param {readonly Column[]} columns
 * @param {string} reason
 * @returns {Record<string, Partial<Record<Column, string>>>}
 */
const because = (names, columns, reason) =>
  Object.fromEntries(names.map((name) => [name, Object.fromEntries(columns.map((column) => [column, reason]))]));

/** @param {readonly Record<string, Partial<Record<Column, string>>>[]} parts */
function merged(parts) {
  /** @type {Record<string, Partial<Record<Column, string>>>} */
  const all = {};
  for (const part of parts)
    for (const [name, reasons] of Object.entries(part)) all[name] = { ...all[name], ...reasons };
  return all;
}

const code = [
  "POST /code",
  "DELETE /code",
  "POST /code/context",
  "GET /code/contexts",
  "DELETE /code/contexts",
  "GET /code/contexts/{id}",
  "DELETE /code/contexts/{id}",
];
const terminals = ["POST /pty", "GET /pty/{id}", "DELETE /pty/{id}", "GET /pty/{id}/ws"];
const diagnostics = ["logs", "events", "inspect", "summary"].map(
  (kind) => `GET /v1/sandboxes/{id}/diagnostics/${kind}`,
);
const isolated = [
  "POST /v1/isolated/session",
  "GET /v1/isolated/sessions",
  "GET /v1/isolated/capabilities",
  "GET /v1/isolated/session/{id}",
  "DELETE /v1/isolated/session/{id}",
  "POST /v1/isolated/session/{id}/run",
];
const isolatedStubs = ["GET /v1/isolated/session/{id}/diff", "POST /v1/isolated/session/{id}/commit"];
const pools = [
  "GET /v1/pools",
  "POST /v1/pools",
  "GET /v1/pools/{name}",
  "PUT /v1/pools/{name}",
  "DELETE /v1/pools/{name}",
];

/** Why a cell of the table is empty. @type {Reasons} */
export const reasons = merged([
  because(
    pools,
    ["client", "compat"],
    "Pools of a Kubernetes cluster are made by its operator; a create takes from one by `extensions.poolRef`",
  ),
  because(pools, ["server"], "Answers 501, as a Docker server does (`lifecycle.md` 8)"),
  because(diagnostics, ["compat"], "The official SDK has no diagnostics"),
  because(["POST /v1/metrics/events"], ["client", "compat"], "Telemetry: no package of this project sends any"),
  because(code, ["compat"], "The official SDK has no code contexts; its code interpreter is another package"),
  because(terminals, ["compat"], "The official SDK has no terminals"),
  because(["GET /metrics/watch"], ["compat"], "The official SDK has no stream of metrics"),
  because(["GET /healthz"], ["client", "compat"], "For the sidecar's supervisor"),
  because(
    ["POST /policy", "PUT /policy"],
    ["client", "compat"],
    "Replacing a policy races with whoever else changes it; patch and delete by target do not",
  ),
  because(
    ["GET /credential-vault/_active"],
    ["client", "compat"],
    "For the interception process inside the sandbox; refused to everybody else (`egress.md` 4)",
  ),
  because(isolatedStubs, ["client", "compat", "server", "tests"], "A stub that always answers 503 (`execd.md` 10.1)"),
  because(
    isolated,
    ["server"],
    "The embedded server keeps the recorded daemon's 404: its isolation is that of the whole sandbox",
  ),
  because(
    isolated.filter((name) => !/capabilities$|isolated\/session$/.test(name)),
    ["tests"],
    "No daemon that was recorded has isolated sessions; the 404 of the capabilities call stands for all of them",
  ),
  because(["GET /health"], ["client", "compat"], "For load balancers; a client learns the same from its first call"),
]);
