// @ts-check
// Started by the gate: runs the modules named in the list of its first argument, one after the other, and prints a JSON
// report.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const limitMs = 30_000;

/** @typedef {{ module: string, where: string }} Entry */

/**
 * @param {Entry} entry
 * @returns {Promise<string | undefined>} what went wrong
 */
async function runEntry({ module, where }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([import(pathToFileURL(module).href), limit]);
    return undefined;
  } catch (error) {
    return `${where}: ${error instanceof Error ? error.message.replaceAll("\n", " ") : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts a Redis for the programs of pools. Where none is installed they run without: their pools then create sandboxes
 * one by one.
 * @param {string} directory
 */
async function startRedis(directory) {
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
  process.env["REDIS_URL"] = `redis://127.0.0.1:${port}`;
  const redis = spawn("redis-server", ["--port", port, "--bind", "127.0.0.1", "--dir", directory, "--save", ""], {
    stdio: "ignore",
  });
  redis.on("error", () => undefined);
  return redis;
}

const [listPath = "", reportPath = ""] = process.argv.slice(2);
/** @type {{ entries: Entry[], needsServer: boolean }} */
const { entries, needsServer } = JSON.parse(await readFile(listPath, "utf8"));
/** @type {string[]} */
const problems = [];
process.on("unhandledRejection", (reason) =>
  problems.push(`unhandled rejection: ${reason instanceof Error ? reason.message : String(reason)}`),
);

const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-snippets-"));
/** @type {{ domain: string, apiKey: string, close(): Promise<void> } | undefined} */
let server;
const redis = await startRedis(stateDir);
try {
  if (needsServer) {
    const { startReferenceServer } = await import("@rxsandbox/reference-server");
    // Documentation is no stranger's code: root may run it.
    server = await startReferenceServer({ port: 0, stateDir, advertise: false, allowRoot: true, tailMs: 0 });
    process.env["OPEN_SANDBOX_DOMAIN"] = server.domain;
    process.env["OPEN_SANDBOX_API_KEY"] = server.apiKey;
  }
  for (const entry of entries) {
    const problem = await runEntry(entry);
    if (problem !== undefined) problems.push(problem);
  }
} finally {
  redis.kill("SIGKILL");
  await server?.close();
  await rm(stateDir, { recursive: true, force: true });
}
await writeFile(reportPath, JSON.stringify(problems));
// A snippet may leave a client open, whose connections would keep this process alive.
process.exit(0);
