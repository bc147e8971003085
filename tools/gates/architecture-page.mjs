// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { arrows, layers } from "./arrows.mjs";

const page = "docs/architecture.md";
const heading = "Where do I change X";
/** The questions that the last table answers. */
const minRows = 12;

/**
 * The page of the architecture names paths that exist, draws the arrows that the gate of imports knows, and says where
 * to change what. @type {import("./workspace.mjs").Gate}
 */
export const architecturePage = {
  name: "architecture page",
  check: (root) => {
    if (!existsSync(join(root, page))) return [`${page} is missing`];
    const text = readFileSync(join(root, page), "utf8");
    return [
      ...pathViolations(root, text),
      ...arrowViolations(text),
      ...layerViolations(text),
      ...tableViolations(text),
    ].map((problem) => `${page}${problem}`);
  },
};

/**
 * Paths in code spans, and links to files.
 * @param {string} root
 * @param {string} text
 */
function pathViolations(root, text) {
  return text.split("\n").flatMap((line, index) => {
    const links = [...line.matchAll(/\]\((?!#|https?:)([^)#]+)[^)]*\)/g)].map(([, path = ""]) => ({
      path,
      file: join("docs", path),
    }));
    const named = pathsIn(line).map((path) => ({ path, file: path }));
    return [...named, ...links]
      .filter(({ file }) => !existsSync(join(root, file)))
      .map(({ path }) => `:${index + 1}: ${path} does not exist`);
  });
}

/** @param {string} line */
function pathsIn(line) {
  return [...line.matchAll(/`((?:packages|tools|docs)\/[^`\s]+)`/g)].map(([, path = ""]) => path);
}

/**
 * The picture has every arrow of the table, dotted where it has a note.
 * @param {string} text
 */
function arrowViolations(text) {
  const drawn = [...text.matchAll(/^ *([\w-]+) (-->|-\.->) ([\w-]+)$/gm)].map(
    ([, from, line, to]) => `${from} ${line} ${to}`,
  );
  const known = Object.entries(arrows).flatMap(([from, row]) =>
    row === "everything"
      ? []
      : Object.entries(row).map(([to, arrow]) => `${from} ${arrow === "any" ? "-->" : "-.->"} ${to}`),
  );
  return [
    ...known.filter((arrow) => !drawn.includes(arrow)).map((arrow) => `: the arrow ${arrow} is missing`),
    ...drawn.filter((arrow) => !known.includes(arrow)).map((arrow) => `: the arrow ${arrow} is none of arrows.mjs`),
  ];
}

/**
 * The page states the order of the folders of each package that has one.
 * @param {string} text
 */
function layerViolations(text) {
  const orders = Object.entries(layers).map(([name, order]) => ({
    name,
    line: order.map((folder) => `\`${folder}\``).join(" < "),
  }));
  return orders
    .filter(({ line }) => !text.includes(line))
    .map(({ name, line }) => `: the folders of ${name} are ${line}`);
}

/**
 * A row says how many files a change touches, and names as many.
 * @param {string} text
 */
function tableViolations(text) {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => /^## /.test(line) && line.endsWith(heading));
  const rows = lines.flatMap((line, index) =>
    from !== -1 && index > from && /^\| (?!What )/.test(line) ? [{ line, number: index + 1 }] : [],
  );
  return [
    ...(rows.length < minRows ? [`: "${heading}" has ${rows.length} rows, at least ${minRows}`] : []),
    ...rows.flatMap(({ line, number }) => {
      const [, count = ""] = line
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
      const named = pathsIn(line).length;
      return Number(count) === named ? [] : [`:${number}: ${count} files, ${named} named`];
    }),
  ];
}
