import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The built program: `npm test` builds before it tests. */
export const bin = fileURLToPath(new URL("../../bin/rxsandbox.mjs", import.meta.url));

/** Processes that run. */
export const running = new Set<ChildProcess>();

/** A program that runs in a process of its own. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly code: Promise<number | null>;
}

/** Runs the built program. */
export function rxsandbox(args: readonly string[], env: NodeJS.ProcessEnv = {}): Spawned {
  return spawned(process.execPath, [bin, ...args], env);
}

/** Runs a program without input. */
export function spawned(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Spawned {
  const { OPEN_SANDBOX_DOMAIN: _domain, OPEN_SANDBOX_API_KEY: _key, ...inherited } = process.env;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...inherited, ...env } });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  running.add(child);
  const code = once(child, "close").then(([status]: (number | null)[]) => {
    running.delete(child);
    return status ?? null;
  });
  return { child, output, code };
}
