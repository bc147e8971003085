import { fork } from "node:child_process";
import type { Sample } from "./task.js";

/** Runs a script in a fresh process and resolves with the sample that it sends. `execArgv` reaches Node. */
export function runSampler(script: string, argument: string, execArgv: readonly string[] = []): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const child = fork(script, [argument], { execArgv: [...execArgv] });
    let sample: Sample | undefined;
    child.on("message", (message) => (sample = message as Sample));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (sample !== undefined && code === 0) resolve(sample);
      else reject(new Error(`a measuring process ended with code ${code} and without a sample: ${argument}`));
    });
  });
}
