import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a process and its descendants hold. */
export interface Holdings {
  readonly descriptors: number;
  readonly kilobytes: number;
}

/** A program in a process of its own, which a case may end without ending the spec. */
export interface FuzzedProcess {
  /** The line of JSON that it wrote when it was ready. */
  readonly ready: Readonly<Record<string, string>>;
  /** Throws, with what the process wrote, unless it runs. */
  check(): void;
  holdings(): Holdings;
  close(): Promise<void>;
}

/** Starts a module's text that writes one line of JSON; needs `/proc`. */
export async function fuzzedProcess(text: string): Promise<FuzzedProcess> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors = (errors + part).slice(-4096)));
  const ended = once(child, "exit");
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the process did not start: ${errors}`);
  return {
    ready: JSON.parse(String(first[0])) as Record<string, string>,
    check() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process is gone: ${errors}`);
    },
    holdings: () => sumOf(familyOf(child.pid ?? 0)),
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function familyOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name))
      parents.set(Number(name), Number(/^PPid:\t(\d+)/m.exec(readOrEmpty(`/proc/${name}/status`))?.[1] ?? 0));
  }
  const isOfFamily = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at !== 0; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(isOfFamily);
}

function sumOf(pids: readonly number[]): Holdings {
  let descriptors = 0;
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      descriptors += readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      // It has ended.
    }
    kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return { descriptors, kilobytes };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
