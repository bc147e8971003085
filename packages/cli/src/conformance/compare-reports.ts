import { writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import {
  diffReports,
  diffText,
  matrixPage,
  matrixText,
  readReport,
  reportMatrix,
  type WrittenReport,
} from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";
import { conformanceExit } from "./judge.js";
import { readText } from "./read-text.js";

/** `conformance diff`: what the newer of two reports has that the older had not; 1 when something regressed. */
export async function compareReports(older: string, newer: string, terminal: Terminal): Promise<number> {
  const before = await readText(older, readReport, terminal);
  const after = await readText(newer, readReport, terminal);
  if (before === undefined || after === undefined) return conformanceExit.usage;
  const diff = diffReports(before, after);
  await terminal.out(diffText(diff));
  return diff.regressions.length > 0 ? 1 : 0;
}

/** The folder of a report, since reports are all called alike; the path of any other file. */
function nameOf(path: string): string {
  return basename(path) === "report.json" ? basename(dirname(resolve(path))) : path;
}

/** `conformance matrix`: several reports side by side, as Markdown on standard output or as a page in a file. */
export async function reportsSideBySide(
  paths: readonly string[],
  { out }: { readonly out?: string },
  terminal: Terminal,
): Promise<number> {
  const named: [string, WrittenReport][] = [];
  for (const given of paths) {
    // `name=path` names a server; a path may hold `=` itself, so only a plain word counts.
    const [, name = nameOf(given), path = given] = /^([\w. -]+)=(.+)$/.exec(given) ?? [];
    const report = await readText(path, readReport, terminal);
    if (report === undefined) return conformanceExit.usage;
    named.push([name, report]);
  }
  const matrix = reportMatrix(named);
  if (out === undefined) await terminal.out(matrixText(matrix));
  else {
    await writeFile(out, matrixPage(matrix));
    await terminal.out(`Matrix: ${out}\n`);
  }
  return 0;
}
