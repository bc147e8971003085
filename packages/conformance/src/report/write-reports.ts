import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeCase } from "./reproducer/make-case.js";
import { reproScript } from "./reproducer/repro-script.js";
import { badge } from "./badge.js";
import type { ConformanceReport } from "../engine/run/conformance-report.js";
import { reportPage } from "./html/report-page.js";
import { junitXml } from "./junit-xml.js";
import { markdownSummary } from "./markdown-summary.js";
import { readReport } from "./written-report.js";

/** Options of {@link writeReports}. */
export interface WriteReportsOptions {
  /** A name for the subject on the page; default its parts. */
  readonly title?: string;
}

/**
 * Writes everything that a run leaves into a directory, which is made when missing: `report.html`, `report.json`,
 * `junit.xml`, `summary.md`, `badge.json`, and for each failure `cases/<check>/case.json` and `repro.sh`.
 *
 * All of it is made from `json`, where secrets are redacted already; nothing of the report itself is written.
 * Cases of an earlier run in the same directory are removed. Gives the paths, the one for people first.
 */
export async function writeReports(
  report: ConformanceReport,
  json: string,
  directory: string,
  options: WriteReportsOptions = {},
): Promise<readonly string[]> {
  const written = readReport(json);
  if (written.run.id !== report.run.id) throw new Error("the report and its JSON are of two runs");
  await rm(join(directory, "cases"), { recursive: true, force: true });
  const cases = written.results.flatMap((result) => {
    const folder = `cases/${result.check.replaceAll("/", ".")}`;
    const made = makeCase(written, result, join(directory, folder, "case.json"));
    return made === undefined ? [] : [{ folder, made }];
  });
  const files: readonly (readonly [name: string, text: string])[] = [
    ["report.html", reportPage(written, options)],
    ["report.json", `${json}\n`],
    ["junit.xml", junitXml(written)],
    ["summary.md", markdownSummary(written)],
    ["badge.json", `${JSON.stringify(badge(written), null, 2)}\n`],
    ...cases.map(({ folder, made }) => [`${folder}/case.json`, `${JSON.stringify(made, null, 2)}\n`] as const),
    // A rule is asked over a port of its own, which curl does not speak.
    ...cases
      .filter(({ made }) => made.operations.length > 0)
      .map(({ folder, made }) => [`${folder}/repro.sh`, reproScript(made)] as const),
  ];
  const paths: string[] = [];
  for (const [name, text] of files) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: name.endsWith(".sh") ? 0o755 : 0o644 });
    paths.push(path);
  }
  return paths;
}
