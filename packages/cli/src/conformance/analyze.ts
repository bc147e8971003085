import { statSync } from "node:fs";
import { analyzeRecordings, frozenAnalyses } from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";
import { conformanceExit } from "./judge.js";

/**
 * `conformance analyze <dir>`: judges recorded exchanges by the oracles that judge live servers; 1 where a MUST does
 * not hold.
 */
export async function analyze(
  directory: string,
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    await terminal.err(`rxsandbox: ${directory} is not a directory\n`);
    return conformanceExit.usage;
  }
  const { recordings, streams, abbreviated, analyses } = analyzeRecordings(directory, frozenAnalyses());
  if (recordings === 0) {
    await terminal.err(`rxsandbox: there are no recordings in ${directory}\n`);
    return conformanceExit.inconclusive;
  }
  const findings = analyses.flatMap((analysis) =>
    analysis.findings.map((finding) => ({ recording: analysis.id, ...finding })),
  );
  if (json === true) await terminal.out(`${JSON.stringify({ recordings, streams, abbreviated, findings }, null, 2)}\n`);
  else {
    for (const { recording, level, clause, invariant, at, expected, observed } of findings) {
      await terminal.out(
        `${level.padEnd(8)} ${recording}${at === undefined ? "" : `, ${at}`}\n         ${clause}/${invariant}: expected ${JSON.stringify(expected)}, observed ${JSON.stringify(observed)}\n`,
      );
    }
    await terminal.out(
      `${recordings} recordings, ${streams} streams (${abbreviated} abbreviated and not judged), ${findings.length} findings\n`,
    );
  }
  return findings.some(({ level }) => level === "MUST") ? 1 : 0;
}
