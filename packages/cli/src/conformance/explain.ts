import { allChecks, protocolUrl, readCatalogue } from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";
import { conformanceExit } from "./judge.js";

/** `conformance explain <id>`: a clause with its checks, or a check with its clauses. A reason code is taken too. */
export async function explain(id: string, terminal: Terminal): Promise<number> {
  const { clauses } = readCatalogue();
  const check = allChecks.find((candidate) => candidate.id === id);
  if (check !== undefined) {
    await terminal.out(
      `${check.id}\n  ${check.title}\n  ${check.level}, ${check.capability}, from depth ${check.depth}\n`,
    );
    for (const clause of check.clauses) await terminal.out(clauseText(clause));
    return 0;
  }
  const clause = clauses.has(id) ? id : id.split("/")[0];
  if (clause !== undefined && clauses.has(clause)) {
    await terminal.out(clauseText(clause));
    return 0;
  }
  await terminal.err(`rxsandbox: unknown check or clause: ${JSON.stringify(id)}\n`);
  return conformanceExit.usage;

  function clauseText(name: string): string {
    const found = clauses.get(name);
    if (found === undefined) return "";
    const { text, level, source, operations, checks, excluded } = found;
    const judged = excluded === undefined ? `checked by ${checks.join(", ")}` : `not checked: ${excluded}`;
    return `${name} (${level}${operations.length === 0 ? "" : `, ${operations.join(", ")}`})\n  ${text}\n  ${judged}\n  see ${protocolUrl(source)}\n`;
  }
}
