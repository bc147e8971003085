// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownSnippets } from "../snippets/extract-snippets.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * Every published package says what it is on its page in the registry: a README that installs it, has a program that
 * the gate of snippets runs, and links to the documentation; the licence; and a manifest that says where the sources,
 * the page and the issues are.
 * @type {import("./workspace.mjs").Gate}
 */
export const packageReadmes = {
  name: "package readmes",
  check: (root) => {
    const { packages, manifest } = readWorkspace(root);
    return packages
      .filter((pkg) => pkg.manifest.private !== true)
      .flatMap((pkg) => [
        ...readmeViolations(root, pkg),
        ...licenceViolations(root, pkg),
        ...manifestViolations(pkg, manifest),
      ]);
  },
};

/**
 * @param {string} root
 * @param {import("./workspace.mjs").Package} pkg
 */
function readmeViolations(root, { folder, name }) {
  const path = `${folder}/README.md`;
  const text = textOf(root, path);
  if (text === undefined) return [`${path} is missing`];
  const imports = new RegExp(` from "${name}["/]`);
  const links = [...text.matchAll(/\]\((?!#|https?:)([^)#]+)[^)]*\)/g)].map(([, link = ""]) => join(folder, link));
  return [
    ...(text.startsWith(`# ${name}\n`) ? [] : [`its title must be "# ${name}"`]),
    ...(new RegExp(`(npm install|npx) (.* )?${name}\\b`).test(text) ? [] : [`it must say how to install ${name}`]),
    ...(markdownSnippets(path, text).some(({ isRun, code }) => isRun && imports.test(code))
      ? []
      : [`it must have a \`ts\` program that imports "${name}" and is run`]),
    ...(links.some((link) => link.startsWith("docs/")) ? [] : ["it must link to a page in docs/"]),
    ...links.filter((link) => !existsSync(join(root, link))).map((link) => `${link} does not exist`),
  ].map((problem) => `${path}: ${problem}`);
}

/**
 * @param {string} root
 * @param {import("./workspace.mjs").Package} pkg
 */
function licenceViolations(root, { folder }) {
  const path = `${folder}/LICENSE`;
  const text = textOf(root, path);
  if (text === undefined) return [`${path} is missing`];
  return text === textOf(root, "LICENSE") ? [] : [`${path} differs from the LICENSE of the workspace`];
}

/**
 * @param {import("./workspace.mjs").Package} pkg
 * @param {import("./workspace.mjs").Manifest} workspace
 */
function manifestViolations({ folder, manifest }, workspace) {
  const { description, keywords, homepage, bugs, license, repository } = manifest;
  const fields = { description, keywords: keywords?.join(), homepage, "bugs.url": bugs?.url };
  return [
    ...Object.entries(fields).flatMap(([field, value]) => ((value ?? "") === "" ? [`${field} is missing`] : [])),
    ...Object.entries({
      license: [license, workspace.license],
      "repository.url": [repository?.url, workspace.repository?.url],
      "repository.directory": [repository?.directory, folder],
    }).flatMap(([field, [is, should]]) => (is === should ? [] : [`${field} must be ${JSON.stringify(should)}`])),
  ].map((problem) => `${folder}/package.json: ${problem}`);
}

/**
 * @param {string} root
 * @param {string} path
 */
function textOf(root, path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;
}
