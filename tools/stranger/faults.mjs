// @ts-check

/**
 * @typedef {{ what: string, file: string, break: (text: string) => string, finds: string[] }} Fault
 *   a change of one installed file, and the checks that have to fail then
 */

/** @param {(manifest: any) => unknown} change @returns {(text: string) => string} */
const manifest = (change) => (text) => {
  const parsed = JSON.parse(text);
  change(parsed);
  return JSON.stringify(parsed);
};

/** What could go wrong with the packages, and who notices. @type {readonly Fault[]} */
export const faults = [
  {
    what: "compat is an ES module only",
    file: "@rxsandbox/compat/package.json",
    break: manifest(
      (pkg) => (
        (pkg.main = "./dist/index.js"),
        delete pkg.exports["."].require,
        (pkg.exports["."].default = "./dist/index.js")
      ),
    ),
    finds: ["commonjs/jest", "commonjs/require"],
  },
  {
    what: "the platform of CommonJS is an ES module",
    file: "@rxsandbox/client/package.json",
    break: manifest((pkg) => delete pkg.imports["#platform"].require),
    finds: ["commonjs/jest", "commonjs/require"],
  },
  {
    what: "client has no main and no types",
    file: "@rxsandbox/client/package.json",
    break: manifest((pkg) => (delete pkg.main, delete pkg.types)),
    finds: ["typescript/node10"],
  },
  {
    what: "require finds declarations of an ES module",
    file: "@rxsandbox/client/package.json",
    break: manifest((pkg) => (pkg.exports["."].require.types = "./dist/index.d.ts")),
    finds: ["typescript/node16"],
  },
  {
    what: "a declaration needs Node's types",
    file: "@rxsandbox/client/dist/index.d.ts",
    break: (text) => `${text}\nexport declare const timer: NodeJS.Timeout;\n`,
    finds: ["typescript/node10", "typescript/node16", "typescript/bundler"],
  },
  {
    what: "browsers get Node's platform",
    file: "@rxsandbox/client/package.json",
    break: manifest((pkg) => (pkg.imports["#platform"] = "./dist/platform/node.js")),
    finds: ["bundlers/esbuild", "bundlers/vite"],
  },
  {
    what: "the builds do not share what they mark",
    file: "@rxsandbox/execution/dist/cjs/index.cjs",
    break: (text) => text.replaceAll("Symbol.for(", "Symbol("),
    finds: ["commonjs/both-builds"],
  },
  {
    what: "compat has no subpaths for node10",
    file: "@rxsandbox/compat/package.json",
    break: manifest((pkg) => delete pkg.typesVersions),
    finds: ["typescript/node10"],
  },
  {
    what: "the command is not linked",
    file: ".bin/rxsandbox",
    break: () => "#!/bin/sh\nexit 1\n",
    finds: ["esm/node"],
  },
];
