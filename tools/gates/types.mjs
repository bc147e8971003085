// @ts-check
import { runTool, violationsOf } from "./run-tool.mjs";

/**
 * Sources with their specs and type tests, and the tools, type-check; the build leaves specs out. @type
 * {import("./workspace.mjs").Gate}
 */
export const types = {
  name: "types",
  check: async (root) => {
    const results = [];
    for (const project of ["tools/specs.tsconfig.json", "tools/tsconfig.json"])
      results.push(await runTool("tsc", ["--project", project, "--pretty", "false"], root));
    return results.flatMap(violationsOf);
  },
};
