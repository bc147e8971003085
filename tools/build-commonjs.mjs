// @ts-check
// Builds the CommonJS side of the package in the working directory, after `tsc -b`: one bundle for each
// "./dist/cjs/….cjs" that its manifest names, and the declarations that these need. See docs/decisions/0065.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { rolldown } from "rolldown";

const manifest = JSON.parse(await readFile("package.json", "utf8"));
const targets = [...new Set([...targetsOf(manifest.exports), ...targetsOf(manifest.imports)])]
  .filter((path) => path.startsWith("./dist/cjs/"))
  .map((path) => path.slice("./dist/cjs/".length));

await rm("dist/cjs", { recursive: true, force: true });
await bundle(targets.filter((path) => path.endsWith(".cjs")).map((path) => path.slice(0, -".cjs".length)));
await copyDeclarations(
  targets.filter((path) => path.endsWith(".d.cts")).map((path) => path.slice(0, -".d.cts".length)),
);

/**
 * All entries in one go, so that modules that two of them use exist once.
 * @param {readonly string[]} entries paths below `src`, without extension
 */
async function bundle(entries) {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, `./src/${entry}.ts`])),
    // Packages and "#platform" are looked up by whoever loads the bundle.
    external: /^[^./]/,
    platform: "neutral",
    transform: { target: "es2022" },
    treeshake: { moduleSideEffects: false },
    resolve: { extensionAlias: { ".js": [".ts"] } },
    tsconfig: false,
  });
  await build.write({
    dir: "dist/cjs",
    format: "cjs",
    exports: "named",
    // The declarations have them.
    comments: { jsdoc: false },
    esModule: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "shared/[name].cjs",
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await build.close();
}

/**
 * The declarations of tsc, as those of CommonJS modules: TypeScript takes a `.d.ts` below `"type": "module"` for one of
 * an ES module.
 * @param {readonly string[]} entries paths below `dist`, without extension
 */
async function copyDeclarations(entries) {
  const found = new Set(entries);
  for (const path of found) {
    const text = await readFile(join("dist", `${path}.d.ts`), "utf8");
    const copy = text
      .replace(/^\/\/# sourceMappingURL=.*$/m, "")
      .replace(/(\b(?:from|import) ?\(?")(\.{1,2}\/[^"]+)\.js"/g, (_all, before, target) => {
        found.add(posix.join(posix.dirname(path), target));
        return `${before}${target}.cjs"`;
      });
    const to = join("dist/cjs", `${path}.d.cts`);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, copy);
  }
}

/**
 * @param {unknown} conditions
 * @returns {string[]}
 */
function targetsOf(conditions) {
  if (typeof conditions === "string") return [conditions];
  return typeof conditions === "object" && conditions !== null ? Object.values(conditions).flatMap(targetsOf) : [];
}
