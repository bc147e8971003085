import { allChecks, readCatalogue } from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";

/** `conformance list`: the checks, as lines or as JSON with clauses and counts. */
export async function listChecks({ json }: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  const { clauses } = readCatalogue();
  if (json !== true) {
    await terminal.out(
      allChecks
        .map(
          ({ id, level, depth, title }) => `${level.padEnd(8)} ${depth.padEnd(8)} ${id}\n                  ${title}\n`,
        )
        .join(""),
    );
    return 0;
  }
  const mutants = [...clauses.values()].flatMap((clause) => clause.mutants);
  const excluded = [...clauses.values()].filter((clause) => clause.excluded !== undefined);
  const counts = {
    clauses: clauses.size,
    checks: allChecks.length,
    properties: allChecks.filter((check) => check.isProperty === true).length,
    mutants: new Set(mutants).size,
    excluded: excluded.length,
  };
  const checks = allChecks.map(
    ({
      id,
      title,
      clauses: of,
      level,
      part,
      group,
      capability,
      depth,
      isProperty = false,
      runsAlone = false,
      requires = [],
    }) => ({ id, title, clauses: of, level, part, group, capability, depth, isProperty, runsAlone, requires }),
  );
  await terminal.out(`${JSON.stringify({ counts, checks, clauses: [...clauses.values()] }, null, 2)}\n`);
  return 0;
}
