// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runTool, toolRoot, violationsOf } from "./run-tool.mjs";

/**
 * Knip: files, exports and dependencies that nobody uses, and commands that nobody installs. @type
 * {import("./workspace.mjs").Gate}
 */
export const unusedCode = {
  name: "unused code",
  check: async (root) => {
    const own = join(root, "tools/knip.json");
    const config = existsSync(own) ? own : join(toolRoot, "tools/knip.json");
    return violationsOf(
      await runTool("knip", ["--config", config, "--directory", root, "--no-progress", "--reporter", "compact"], root),
    );
  },
};
