import { fileURLToPath } from "node:url";
import { runSampler } from "../worker/run-sampler.js";
import type { Sample } from "../worker/task.js";

/** Time, CPU and memory that the first import of a package costs in a fresh process. */
export function runColdImport(packageName: string): Promise<Sample> {
  return runSampler(fileURLToPath(new URL("./cold-import.js", import.meta.url)), packageName);
}
