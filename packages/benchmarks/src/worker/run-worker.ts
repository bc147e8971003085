import { fileURLToPath } from "node:url";
import { runSampler } from "./run-sampler.js";
import type { Sample, Task } from "./task.js";

/** Runs one task in a fresh process. `execArgv` reaches Node, for example `--cpu-prof`. */
export function runWorker(task: Task, execArgv: readonly string[] = []): Promise<Sample> {
  const script = fileURLToPath(new URL("./worker-process.js", import.meta.url));
  return runSampler(script, JSON.stringify(task), ["--expose-gc", ...execArgv]);
}
