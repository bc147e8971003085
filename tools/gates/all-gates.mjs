// @ts-check
import { apiReports } from "./api-reports.mjs";
import { architecturePage } from "./architecture-page.mjs";
import { bundleBudgets } from "./bundle-budgets.mjs";
import { changelog } from "./changelog.mjs";
import { citations } from "./citations.mjs";
import { coverage } from "./coverage.mjs";
import { dependencies } from "./dependencies.mjs";
import { docSnippets } from "./doc-snippets.mjs";
import { errorPage } from "./error-page.mjs";
import { exportsMaps } from "./exports-maps.mjs";
import { folderBoundaries } from "./folder-boundaries.mjs";
import { format } from "./format.mjs";
import { importCycles } from "./import-cycles.mjs";
import { lint } from "./lint.mjs";
import { longTimers } from "./long-timers.mjs";
import { lockFile } from "./lock-file.mjs";
import { nodeGlobals } from "./node-globals.mjs";
import { packContents } from "./pack-contents.mjs";
import { packageBoundaries } from "./package-boundaries.mjs";
import { packageReadmes } from "./package-readmes.mjs";
import { repetition } from "./repetition.mjs";
import { rxjsLint } from "./rxjs-lint.mjs";
import { sourceRules } from "./source-rules.mjs";
import { threatModel } from "./threat-model.mjs";
import { types } from "./types.mjs";
import { unusedCode } from "./unused-code.mjs";

/** Every gate, the quick ones first. The last six read the build. */
export const allGates = [
  packageBoundaries,
  folderBoundaries,
  nodeGlobals,
  longTimers,
  importCycles,
  exportsMaps,
  packageReadmes,
  changelog,
  dependencies,
  sourceRules,
  citations,
  architecturePage,
  threatModel,
  lockFile,
  format,
  lint,
  unusedCode,
  repetition,
  types,
  rxjsLint,
  apiReports,
  bundleBudgets,
  packContents,
  docSnippets,
  coverage,
  errorPage,
];
