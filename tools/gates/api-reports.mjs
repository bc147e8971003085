// @ts-check
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { exportTargets } from "./export-targets.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * The public surface of every published package is the one that is committed as `packages/<name>/api/<name>.api.md`,
 * and that of a subpath as `<name>.<subpath>.api.md`, so that a change of surface shows in the diff. Reads `dist`, so
 * it needs a build.
 * @type {import("./workspace.mjs").Gate}
 */
export const apiReports = { name: "api reports", check: (root) => readReports(root, false) };

/**
 * Rewrites the committed reports.
 * @param {string} root
 */
export function updateApiReports(root) {
  return readReports(root, true);
}

/**
 * @param {string} root
 * @param {boolean} isUpdate
 */
function readReports(root, isUpdate) {
  return readWorkspace(root)
    .packages.filter((pkg) => pkg.manifest.private !== true)
    .flatMap((pkg) => packageReport(root, pkg, isUpdate));
}

/**
 * One report for each entry that has declarations.
 * @param {string} root
 * @param {import("./workspace.mjs").Package} pkg
 * @param {boolean} isUpdate
 */
function packageReport(root, { folder, shortName, manifest }, isUpdate) {
  const entries = Object.entries(/** @type {Record<string, unknown>} */ (manifest.exports ?? {})).flatMap(
    ([entry, conditions]) => {
      const types = exportTargets(conditions).find(({ path }) => path.endsWith(".d.ts"))?.path;
      return entry === "." || types === undefined ? [] : [{ types, name: `${shortName}.${entry.slice("./".length)}` }];
    },
  );
  return [{ types: "./dist/index.d.ts", name: shortName }, ...entries].flatMap(({ types, name }) =>
    entryReport(root, folder, types, `${name}.api.md`, isUpdate),
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} types
 * @param {string} fileName
 * @param {boolean} isUpdate
 */
function entryReport(root, folder, types, fileName, isUpdate) {
  const entry = join(root, folder, types);
  if (!existsSync(entry)) return [`${folder}: not built`];
  const reportFolder = join(root, folder, "api");
  const reportTempFolder = join(root, folder, "dist/.api");
  mkdirSync(reportFolder, { recursive: true });
  if (isUpdate && !existsSync(join(reportFolder, fileName))) writeFileSync(join(reportFolder, fileName), "");
  /** @type {string[]} */
  const problems = [];
  const { apiReportChanged } = Extractor.invoke(
    extractorConfig(join(root, folder), entry, { reportFolder, reportTempFolder, reportFileName: fileName }),
    {
      localBuild: isUpdate,
      messageCallback: (message) => {
        // Warnings about missing tags are off by configuration; what is left is an error or about the report itself.
        if (message.logLevel === ExtractorLogLevel.Error) problems.push(`${folder}: ${message.text}`);
        message.handled = true;
      },
    },
  );
  rmSync(reportTempFolder, { recursive: true, force: true });
  if (apiReportChanged && !isUpdate)
    problems.push(
      `${folder}/api/${fileName}: the public surface differs; if that is meant, run "npm run api:update" and commit the report`,
    );
  return problems;
}

/**
 * @param {string} projectFolder
 * @param {string} mainEntryPointFilePath
 * @param {{ reportFolder: string, reportTempFolder: string, reportFileName: string }} report
 */
function extractorConfig(projectFolder, mainEntryPointFilePath, report) {
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2023", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    types: ["node"],
    strict: true,
    skipLibCheck: true,
  };
  /** @type {import("@microsoft/api-extractor").IConfigMessageReportingTable} */
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder,
      mainEntryPointFilePath,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, include: ["dist"] } },
      apiReport: { enabled: true, ...report },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
  });
}
