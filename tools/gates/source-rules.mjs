// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourcePaths } from "./source-paths.mjs";
import { readWorkspace } from "./workspace.mjs";

const maxLines = 400;
/** Of a line that is a comment: prettier wraps code, and leaves comments as they are. */
const maxCommentColumns = 120;

/** Spelled in pieces, so that this file does not contain what it bans. */
const banned = [
  { what: "a note for later", pattern: new RegExp(`\\b(TO${"DO"}|FIX${"ME"}|X${"XX"})\\b`) },
  { what: "a focused test", pattern: new RegExp(`\\b(describe|it|test)(\\.\\w+)*\\.on${"ly"}\\b`) },
  {
    what: "a test that does not run",
    pattern: new RegExp(`\\b(describe|it|test)(\\.\\w+)*\\.(sk${"ip"}|to${"do"})\\b(?!If)`),
  },
  { what: "a silenced compiler", pattern: new RegExp(`@ts-(ig${"nore"}|no${"check"})`) },
  { what: "a silenced linter", pattern: new RegExp(`(es${"lint"}|ox${"lint"})-dis${"able"}`) },
  {
    what: "a path of one machine",
    pattern: new RegExp(`(?<![\\w.~-])/(work/(main|shared)|ho${"me"}/(?!(sandbox|user)\\b)[a-z]|Us${"ers"}/[A-Za-z])`),
  },
];

/**
 * Text of tracked sources: short files, no leftovers, no paths of one machine, literal names of errors; relative
 * imports name the built file. @type {import("./workspace.mjs").Gate}
 */
export const sourceRules = {
  name: "source rules",
  check: (root) => {
    const imports = readWorkspace(root).packages.flatMap((pkg) =>
      pkg.files.flatMap((file) =>
        file.imports
          .filter(
            ({ specifier }) => specifier.startsWith(".") && !specifier.endsWith(".js") && !specifier.endsWith(".json"),
          )
          .map(({ specifier, line }) => `${file.path}:${line}: relative import "${specifier}" does not end in .js`),
      ),
    );
    return [
      ...imports,
      ...sourcePaths(root).flatMap((path) => textViolations(path, readFileSync(join(root, path), "utf8"))),
    ];
  },
};

/**
 * @param {string} path
 * @param {string} text
 */
function textViolations(path, text) {
  const lines = text.split("\n");
  const isCode = /\.(ts|tsx|mjs)$/.test(path);
  const long = isCode && lines.length > maxLines + 1 ? [`${path}: ${lines.length - 1} lines, at most ${maxLines}`] : [];
  const found = lines.flatMap((line, index) =>
    banned.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${path}:${index + 1}: ${what}`),
  );
  const wide = isCode
    ? lines.flatMap((line, index) =>
        line.length > maxCommentColumns && /^\s*(\/\/|\/?\*)/.test(line)
          ? [`${path}:${index + 1}: a comment of ${line.length} columns, at most ${maxCommentColumns}`]
          : [],
      )
    : [];
  return [...long, ...wide, ...found, ...(/(?<!\.spec)\.ts$/.test(path) ? unnamedErrors(path, text) : [])];
}

/**
 * A minifier renames classes: only a literal name lasts.
 * @param {string} path
 * @param {string} text
 */
function unnamedErrors(path, text) {
  return [...text.matchAll(/\bclass (\w+) extends \w*(?:Error|Exception)\b/g)]
    .filter(
      ([, name]) =>
        !text.includes(`override readonly name: string = "${name}";`) && !text.includes(`this.name = "${name}";`),
    )
    .map(([, name]) => `${path}: error class ${name} has no literal name`);
}
