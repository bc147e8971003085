// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import getReleasePlan from "@changesets/get-release-plan";
import ts from "typescript";
import { readWorkspace } from "./workspace.mjs";

const page = "CHANGELOG.md";

/**
 * Every changeset can be read, names packages of the workspace and says something; every deprecated name is in the
 * changelog's table of renamed names, with its package.
 * @type {import("./workspace.mjs").Gate}
 */
export const changelog = {
  name: "changelog",
  check: async (root) => {
    if (!existsSync(join(root, page))) return [`${page} is missing`];
    const rows = readFileSync(join(root, page), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| "));
    return [...(await changesetViolations(root)), ...renameViolations(root, rows)];
  },
};

/** @param {string} root */
async function changesetViolations(root) {
  try {
    const { changesets } = await getReleasePlan(root);
    return changesets
      .filter(({ summary, releases }) => summary.trim() === "" || releases.length === 0)
      .map(({ id }) => `.changeset/${id}.md: names no package or says nothing`);
  } catch (error) {
    return [`.changeset: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/**
 * @param {string} root
 * @param {readonly string[]} rows
 */
function renameViolations(root, rows) {
  return readWorkspace(root).packages.flatMap(({ shortName, files }) =>
    files
      .filter(({ isSpec }) => !isSpec)
      .flatMap(({ path, ast }) => deprecatedNames(ast).map((name) => ({ path, name })))
      .filter(({ name }) => !rows.some((row) => row.includes(`| \`${shortName}\` |`) && row.includes(`\`${name}\``)))
      .map(({ path, name }) => `${page}: the table of renamed names lacks \`${name}\` of \`${shortName}\` (${path})`),
  );
}

/** @param {ts.SourceFile} ast */
function deprecatedNames(ast) {
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const { name } = /** @type {{ name?: ts.Node }} */ (/** @type {unknown} */ (node));
    if (name !== undefined && ts.isIdentifier(name) && ts.getJSDocDeprecatedTag(node) !== undefined)
      names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return names;
}
