// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const page = "docs/reference-server.md";
const sources = "packages/reference-server/src";

/** Every promise of the threat model names a test that exists. @type {import("./workspace.mjs").Gate} */
export const threatModel = {
  name: "threat model",
  check: (root) => {
    const text = existsSync(join(root, page)) ? readFileSync(join(root, page), "utf8") : "";
    const section = /^## Threat model\n([^]*?)(?=^## )/m.exec(text)?.[1];
    if (section === undefined) return [`${page} has no section "Threat model"`];
    const firstLine = text.slice(0, text.indexOf(section)).split("\n").length;
    const tables = section.split(/\n(?=\|[^\n]*\n\|[-|]+\|\n)/).filter((part) => /^\|[^\n]*\| Test \|\n/.test(part));
    if (tables.length === 0) return [`${page}: the threat model has no table with tests`];
    const lines = section.split("\n");
    const rows = tables.flatMap((table) =>
      table
        .split("\n")
        .slice(2)
        .filter((line) => line.startsWith("|")),
    );
    return rows.flatMap((row) =>
      rowProblems(root, row).map((problem) => `${page}:${firstLine + lines.indexOf(row)}: ${problem}`),
    );
  },
};

/**
 * @param {string} root
 * @param {string} row
 */
function rowProblems(root, row) {
  const cell = row.split("|").at(-2) ?? "";
  const tests = [...cell.matchAll(/`([^`]+\.spec\.ts)`(?: "([^"]+)")?/g)];
  if (tests.length === 0) return ["the promise names no test"];
  return tests.flatMap(([, path = "", title]) => {
    const file = join(root, sources, path);
    if (!existsSync(file)) return [`${path} does not exist`];
    return title === undefined || readFileSync(file, "utf8").includes(title) ? [] : [`${path} has no test "${title}"`];
  });
}
