import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Sample, Task } from "./task.js";

/** Runs one task in a fresh process and resolves with its sample. `execArgv` reaches Node, for example `--cpu-prof`. */
export function runWorker(task: Task, execArgv: readonly string[] = []): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./worker-process.js", import.meta.url)), [JSON.stringify(task)], {
      execArgv: [...execArgv],
    });
    let sample: Sample | undefined;
    child.on("message", (message) => (sample = message as Sample));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (sample !== undefined && code === 0) resolve(sample);
      else reject(new Error(`${task.subject} ended with code ${code} while measuring ${JSON.stringify(task.work)}`));
    });
  });
}
