import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReferenceServerOptions } from "../control-plane/server-options.js";
import { sandboxCalls, type SandboxCalls } from "./sandbox-calls.js";

const MAIN = fileURLToPath(new URL("../../dist/testing/server-process-main.js", import.meta.url));

/** A built server in a process of its own, which an attack may end without ending the spec. */
export interface ServerProcess extends SandboxCalls {
  readonly domain: string;
  readonly directAddress: string;
  readonly apiKey: string;
  readonly pid: number;
  readonly stateDir: string;
  /** The end of what the process wrote to standard error. */
  errors(): string;
  /** Throws, with what the process wrote, unless it lives and answers. */
  check(): Promise<void>;
  /** Ends the process and what it left. */
  close(): Promise<void>;
}

/** Starts a {@link ServerProcess} in a scratch directory; only options that JSON can hold reach it. */
export async function serverProcess(options: ReferenceServerOptions = {}): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), "rx-spec-"));
  const stateDir = join(directory, "state");
  const child = spawn(process.execPath, [MAIN, JSON.stringify({ stateDir, ...options })], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-4096)));
  const ended = once(child, "exit");
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the server did not start: ${errors}`);
  const addresses = JSON.parse(String(first[0])) as Pick<ServerProcess, "domain" | "directAddress" | "apiKey">;
  const calls = sandboxCalls(addresses);
  return {
    ...addresses,
    ...calls,
    pid: child.pid ?? 0,
    stateDir,
    errors: () => errors,
    async check() {
      const answer = await calls.call("GET", "/health").catch((error: unknown) => error);
      const isAnswer = typeof answer === "object" && answer !== null && "status" in answer && answer.status === 200;
      if (!isAnswer || child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the server is gone: ${String(answer)}\n${errors}`);
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}
