// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sourcePaths } from "./source-paths.mjs";

/** The pages that are cited, by name. */
const pages = new Map([
  ...["lifecycle", "execd", "egress", "divergences", "measured", "sdk-behaviour"].map(
    (name) => /** @type {const} */ ([`${name}.md`, `docs/protocol/${name}.md`]),
  ),
  ["architecture.md", "docs/architecture.md"],
]);
const anchorList = "packages/conformance/anchors.json";

const gap = String.raw`(?:[ \t]+|[ \t]*\n[ \t]*(?:\*|//|#)?[ \t]*)`;
const place = String.raw`(?:[LXGK]\d\d|\d{1,2}(?:\.\d{1,2})*)(?![\d%])`;
/** A page with its sections, such as `x.md#2.4` or "`x.md` 2.4, 3.2", and the name of a row behind them. */
const citation = new RegExp(
  `\\b(${[...pages.keys()].map((name) => name.replace(".", "\\.")).join("|")})(?:\`?${gap}(?:sections?${gap})?|#)(${place}(?:(?:,|${gap}and|${gap}to)${gap}${place})*)(?:,${gap}((?:[A-Z]|\`[^\`.]+\`)[^).;:,|"\\n]*))?`,
  "g",
);

/** A page at the root of the repository, such as "CHANGELOG.md". */
const rootPage = /(?<![\w/.-])[A-Z][A-Z0-9_]+\.md\b/g;

/**
 * @typedef {{ sections: ReadonlyMap<string, string> }} Page sections by anchor; the text of one ends where the next
 * begins
 */

/**
 * Every section, row and divergence that the sources cite is on its page; the list of sections that ships with the
 * conformance suite is that of the pages. @type {import("./workspace.mjs").Gate}
 */
export const citations = {
  name: "citations",
  check: (root) => {
    const read = new Map(
      [...pages]
        .filter(([, path]) => existsSync(join(root, path)))
        .map(([name, path]) => [name, readPage(readFileSync(join(root, path), "utf8"))]),
    );
    if (read.size < pages.size)
      return [...pages].filter(([name]) => !read.has(name)).map(([, path]) => `${path} is missing`);
    return [
      ...sourcePaths(root).flatMap((path) => {
        const text = readFileSync(join(root, path), "utf8");
        return [...citationViolations(path, text, read), ...rootPageViolations(root, path, text)];
      }),
      ...listViolations(root, read),
    ];
  },
};

/**
 * @param {string} text
 * @returns {Page}
 */
function readPage(text) {
  const parts = [...text.matchAll(/<a id="([^"]+)"><\/a>([^]*?)(?=<a id="|$)/g)].map(
    ([, id = "", body = ""]) => /** @type {const} */ ([id, body]),
  );
  const items = parts.flatMap(([id, body]) =>
    [...body.matchAll(/^(\d+)\. .*/gm)].map(([item, number]) => /** @type {const} */ ([`${id}.${number}`, item])),
  );
  return { sections: new Map([...items, ...parts]) };
}

/**
 * @param {string} path
 * @param {string} text
 * @param {ReadonlyMap<string, Page>} read
 */
function citationViolations(path, text, read) {
  const own = [...pages].find(([, page]) => page === path)?.[0];
  const links =
    own === undefined
      ? []
      : [...text.matchAll(/\]\(#([^)]+)\)/g)].map(({ index, 1: id = "" }) => ({
          index,
          page: own,
          ids: [id],
          row: undefined,
        }));
  const cited = [...text.matchAll(citation)].map(({ index, 1: page = "", 2: ids = "", 3: row }) => ({
    index,
    page,
    ids: [...ids.matchAll(new RegExp(place, "g"))].map(([id]) => id),
    row: row?.trim(),
  }));
  return [...links, ...cited].flatMap(({ index, page, ids, row }) => {
    const sections = read.get(page)?.sections ?? new Map();
    const missing = ids.filter((id) => !sections.has(id)).map((id) => `${page} has no section ${id}`);
    const last = String(sections.get(ids.at(-1) ?? ""));
    const isThere =
      row === undefined ||
      row.includes(".md") ||
      [`| ${row}`, `**${row}`].some((start) => last.toLowerCase().includes(start.toLowerCase()));
    const line = text.slice(0, index).split("\n").length;
    return [...missing, ...(missing.length > 0 || isThere ? [] : [`${page} ${ids.at(-1)} has no row "${row}"`])].map(
      (problem) => `${path}:${line}: ${problem}`,
    );
  });
}

/**
 * @param {string} root
 * @param {string} path
 * @param {string} text
 */
function rootPageViolations(root, path, text) {
  return [...text.matchAll(rootPage)]
    .filter(([page]) => ![page, join(dirname(path), page)].some((place) => existsSync(join(root, place))))
    .map(({ index, 0: page }) => `${path}:${text.slice(0, index).split("\n").length}: ${page} does not exist`);
}

/**
 * @param {string} root
 * @param {ReadonlyMap<string, Page>} read
 */
function listViolations(root, read) {
  if (!existsSync(join(root, anchorList))) return [];
  // Divergences of the official SDK (`K`) ask nothing of a server.
  /** @type {{ sections: Record<string, string[]> }} */
  const { sections } = JSON.parse(readFileSync(join(root, anchorList), "utf8"));
  return Object.entries(sections).flatMap(([page, ids]) => {
    const there = [...(read.get(page)?.sections ?? new Map())]
      .filter(([id, text]) => /^[LXG]?\d/.test(id) && !text.startsWith(`${id.split(".").at(-1)}. `))
      .map(([id]) => id);
    return [
      ...ids.filter((id) => !there.includes(id)).map((id) => `${anchorList}: ${page} has no section ${id}`),
      ...there.filter((id) => !ids.includes(id)).map((id) => `${anchorList}: section ${id} of ${page} is not listed`),
    ];
  });
}
