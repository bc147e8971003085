// Are the types wrong? For every tarball, entry and way in which TypeScript resolves modules.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

const folder = process.env.STRANGER_TARBALLS;
const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
const problems = tarballs.length === 0 ? [`no tarball in ${folder}`] : [];
for (const tarball of tarballs) {
  const pkg = createPackageFromTarballData(await readFile(join(folder, tarball)));
  const manifest = JSON.parse(pkg.readFile(`/node_modules/${pkg.packageName}/package.json`));
  const isDual = JSON.stringify(manifest.exports).includes('"require"');
  const result = await checkPackage(pkg);
  if (result.types === false) problems.push(`${pkg.packageName}: no types`);
  else
    problems.push(
      ...result.problems
        .filter(({ kind }) => isDual || kind !== "CJSResolvesToESM")
        .map((problem) => `${pkg.packageName}: ${JSON.stringify(problem)}`),
    );
}
if (problems.length > 0) throw new Error(problems.join("\n"));
