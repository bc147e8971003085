import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import { BENCH_API_KEY, type Sample } from "../worker/task.js";

/** Time from spawn to exit of a whole one-command program; the address reaches it by the environment, as for a user. */
export async function runOneCommand(
  script: "official" | "rxsandbox",
  domain: string,
  command: string,
): Promise<Sample> {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, [path, BENCH_SANDBOX_ID, command], {
    env: { ...process.env, OPEN_SANDBOX_DOMAIN: domain, OPEN_SANDBOX_API_KEY: BENCH_API_KEY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "exit")) as [number];
  const ms = performance.now() - started;
  if (code !== 0 || output !== "hi\n")
    throw new Error(`${script} program ended with ${code} and printed ${JSON.stringify(output)}`);
  return { ms };
}
