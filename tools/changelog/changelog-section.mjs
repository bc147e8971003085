// @ts-check

/**
 * @typedef {"major" | "minor" | "patch" | "none"} Bump
 * @typedef {{ summary: string, releases: readonly { name: string, type: Bump }[] }} Entry one changeset
 */

/** What a bump means to a reader, the most important first. */
const headings = /** @type {const} */ ([
  ["major", "Breaking changes"],
  ["minor", "New and changed"],
  ["patch", "Fixed"],
]);

/**
 * The section of one version: each entry with the packages that it is about, under the heading of its largest bump.
 * @param {string} version
 * @param {string} date
 * @param {readonly Entry[]} entries
 */
export function changelogSection(version, date, entries) {
  const parts = headings.flatMap(([bump, heading]) => {
    const lines = entries.filter((entry) => bumpOf(entry) === bump).map(lineOf);
    return lines.length === 0 ? [] : [`### ${heading}`, lines.sort().join("\n")];
  });
  return [`## ${version} (${date})`, ...parts].join("\n\n");
}

/**
 * Puts a section above the newest version that a changelog has.
 * @param {string} changelog
 * @param {string} section
 */
export function withSection(changelog, section) {
  const at = changelog.search(/^## \d/m);
  return at < 0
    ? `${changelog.trimEnd()}\n\n${section}\n`
    : `${changelog.slice(0, at)}${section}\n\n${changelog.slice(at)}`;
}

/** @param {Entry} entry */
function bumpOf({ releases }) {
  return headings.map(([bump]) => bump).find((bump) => releases.some(({ type }) => type === bump));
}

/** @param {Entry} entry */
function lineOf({ summary, releases }) {
  const names = releases.map(({ name }) => `\`${name.replace("@rxsandbox/", "")}\``).sort();
  return `- ${names.join(", ")}: ${summary.trim().replace(/\n(?=.)/g, "\n  ")}`;
}
