import type { Endpoint } from "../model/endpoint.js";
import { eventRun, linesOf } from "./event-run.js";

/**
 * The directory for temporary files inside the sandbox, without a slash at its end: `TMPDIR` where there is one, else
 * `/tmp`. A server without images may confine its files to a directory of its own.
 */
export async function scratchDirectory(execd: Endpoint): Promise<string> {
  const run = await eventRun(execd, "/command", { command: 'cd "${TMPDIR:-/tmp}" && pwd -P' });
  return linesOf(run, "stdout")[0] ?? "/tmp";
}
