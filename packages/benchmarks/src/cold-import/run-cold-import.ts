import { fileURLToPath } from "node:url";
import { BENCH_SANDBOX_ID } from "../server/bench-server.js";
import { runSampler } from "../worker/run-sampler.js";
import type { Sample } from "../worker/task.js";

const script = fileURLToPath(new URL("./cold-import.js", import.meta.url));

/** Time, CPU and memory that the first import of a client costs in a fresh process. */
export function runColdImport(client: "official" | "rxsandbox"): Promise<Sample> {
  return runSampler(script, client === "rxsandbox" ? "@rxsandbox/client" : "@alibaba-group/opensandbox");
}

/** The same, and the connect to a sandbox that is ready. */
export function runColdConnect(client: "official" | "rxsandbox", domain: string): Promise<Sample> {
  return runSampler(script, `../worker/${client}-subject.js ${domain} ${BENCH_SANDBOX_ID}`);
}
