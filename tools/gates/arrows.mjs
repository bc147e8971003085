// @ts-check

/**
 * What an arrow allows: `any` import, `types` only, or any import from the one file given, or from below the directory
 * given (it ends in `/`).
 * @typedef {"any" | "types" | { readonly onlyFrom: string }} Arrow
 */

/**
 * Which package may import which, by short name. An `any` arrow is transitive; one with a note is not.
 * A new package needs a row here, and a reason to exist: somebody installs it alone, or an arrow must be impossible.
 * @type {Readonly<Record<string, Readonly<Record<string, Arrow>> | "everything">>}
 */
export const arrows = {
  protocol: {},
  transport: { protocol: "any" },
  "transport-undici": { transport: "any" },
  execution: { transport: "any" },
  lifecycle: { transport: "any" },
  files: { transport: "any" },
  egress: { transport: "any" },
  client: {
    execution: "any",
    lifecycle: "any",
    files: "any",
    egress: "any",
    "transport-undici": { onlyFrom: "src/platform/node.ts" },
  },
  compat: { client: "any" },
  pool: { client: "any" },
  "pool-redis": { pool: "any" },
  testkit: { protocol: "any", transport: "types" },
  "reference-server": { protocol: "types" },
  conformance: { protocol: "types", testkit: "any", "reference-server": { onlyFrom: "src/proof/embedded-subject.ts" } },
  cli: { client: "any", "reference-server": "any", conformance: "any" },
  integration: "everything",
  benchmarks: "everything",
};

/**
 * The folders below `src` of a package, lowest first: a file imports from its own folder and from the ones before it.
 * A file directly in `src` is an entry point: it imports from everywhere, and nothing imports it.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const layers = {
  "reference-server": ["shared", "execd", "egress", "drivers", "control-plane"],
  conformance: ["model", "gateway", "oracles", "rules", "checks", "engine", "report", "proof"],
};

/** Packages that run in Node only. All others are neutral: they also run in browsers. */
export const nodePackages = new Set([
  "transport-undici",
  "pool-redis",
  "reference-server",
  "conformance",
  "cli",
  "integration",
  "benchmarks",
]);

/** Files of neutral packages that hold what differs in Node. */
export const nodeFiles = new Set(["packages/client/src/platform/node.ts", "packages/compat/src/platform/node.ts"]);

/**
 * What `from` may import of `to`, the transitive rule included; `undefined` is nothing.
 * @param {string} from
 * @param {string} to
 * @param {typeof arrows} table
 * @returns {Arrow | undefined}
 */
export function arrowBetween(from, to, table = arrows) {
  const own = table[from];
  if (own === "everything") return "any";
  return own?.[to] ?? (reachableFrom(from, table).has(to) ? "any" : undefined);
}

/**
 * @param {string} from
 * @param {typeof arrows} table
 * @returns {Set<string>}
 */
function reachableFrom(from, table) {
  /** @type {Set<string>} */
  const reached = new Set();
  const queue = [from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const row = table[next];
    if (row === undefined || row === "everything") continue;
    for (const [to, arrow] of Object.entries(row)) {
      if (arrow !== "any" || reached.has(to)) continue;
      reached.add(to);
      queue.push(to);
    }
  }
  return reached;
}
