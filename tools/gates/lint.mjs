// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runTool, toolRoot, violationsOf } from "./run-tool.mjs";

/** Oxlint over sources and tools. @type {import("./workspace.mjs").Gate} */
export const lint = {
  name: "lint",
  check: async (root) => {
    const folders = ["packages", "tools"].filter((folder) => existsSync(join(root, folder)));
    return violationsOf(
      await runTool(
        "oxlint",
        ["--config", join(toolRoot, "tools/oxlint.json"), "--format", "unix", "--deny-warnings", ...folders],
        root,
      ),
    );
  },
};
