// @ts-check
import { join } from "node:path";
import { runTool, toolRoot } from "./run-tool.mjs";

/** Every file has the layout that prettier gives it. @type {import("./workspace.mjs").Gate} */
export const format = {
  name: "format",
  check: async (root) => {
    const settings = ["--config", ".prettierrc.json", "--ignore-path", ".prettierignore"];
    const absolute = settings.map((setting) => (setting.startsWith("--") ? setting : join(toolRoot, setting)));
    const { status, output } = await runTool("prettier", ["--list-different", ...absolute, "."], root);
    const lines = output.split("\n").filter((line) => line.trim() !== "");
    // Status 1: files are listed. Any other failure is an error message.
    if (status === 1) return lines.map((line) => `${line}: not formatted; run \`npm run format\``);
    return status === 0 ? [] : [...lines, `prettier ended with status ${status}`];
  },
};
