// @ts-check
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the tools are installed; not the tree under test, which may be a planted one. */
export const toolRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs an installed tool to its end, without input.
 * @param {string} tool name in `node_modules/.bin`
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ status: number | null, output: string }>} both output streams together
 */
export async function runTool(tool, args, cwd) {
  const { status, stdout, stderr } = await run(join(toolRoot, "node_modules/.bin", tool), args, cwd);
  return { status, output: stdout + stderr };
}

/**
 * Runs the npm that runs this script, else the one on PATH.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function runNpm(args, cwd) {
  const npm = process.env["npm_execpath"];
  return npm?.endsWith(".js") === true ? run(process.execPath, [npm, ...args], cwd) : run("npm", args, cwd);
}

/**
 * Runs a script with this Node.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function runNode(args, cwd) {
  return run(process.execPath, args, cwd);
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ status: number | null, stdout: string, stderr: string }>}
 */
function run(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (/** @type {Buffer} */ chunk) => void (stdout += chunk.toString()));
    child.stderr.on("data", (/** @type {Buffer} */ chunk) => void (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * The lines of a tool that failed, as violations; none when it succeeded.
 * @param {{ status: number | null, output: string }} result
 */
export function violationsOf({ status, output }) {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return status === 0 ? [] : lines.length > 0 ? lines : [`ended with status ${status}`];
}
