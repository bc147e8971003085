import { ReferenceServerError } from "../reference-server-error.js";
import type { ResolvedOptions } from "../server-options.js";
import { namespaceDriver, namespaceObstacle } from "./namespace-driver.js";
import { processDriver } from "./process-driver.js";
import type { SandboxDriver } from "./sandbox-driver.js";

/** Picks driver and network: those that are named, and for `auto` the strictest ones that the machine allows. */
export async function chooseDriver(
  wanted: Pick<ResolvedOptions, "driver" | "network">,
  options: { readonly stateDirectory: string; readonly runId: string },
): Promise<SandboxDriver> {
  const unavailable = (what: string, obstacle: string): never => {
    throw new ReferenceServerError("driver-unavailable", `${what} is not available: ${obstacle}`);
  };
  if (wanted.driver === "process") {
    if (wanted.network === "own") unavailable("a separate network for each sandbox", "it needs the namespace driver");
    return processDriver(options);
  }
  if (wanted.network !== "shared") {
    const obstacle = await namespaceObstacle("own");
    if (obstacle === undefined) return namespaceDriver({ ...options, network: "own" });
    if (wanted.network === "own") unavailable("a separate network for each sandbox", obstacle);
  }
  const obstacle = await namespaceObstacle("shared");
  if (obstacle === undefined) return namespaceDriver({ ...options, network: "shared" });
  if (wanted.driver === "namespace") unavailable("the namespace driver", obstacle);
  return processDriver(options);
}
