import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConformanceReport } from "./conformance-report.js";

/** Writes the reports of one run into a directory, which is made when missing; gives their paths, the one for people first. */
export async function writeReports(directory: string, _report: ConformanceReport, json: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, "report.json");
  await writeFile(path, `${json}\n`);
  return [path];
}
