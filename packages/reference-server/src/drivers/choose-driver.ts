import { ReferenceServerError } from "../shared/reference-server-error.js";
import { namespaceDriver, namespaceObstacle } from "./namespace/namespace-driver.js";
import { processDriver } from "./process/process-driver.js";
import type { SandboxDriver } from "./sandbox-driver.js";

/** What the user asked for. */
export interface WantedDriver {
  readonly driver: "auto" | SandboxDriver["name"];
  readonly network: "auto" | SandboxDriver["network"];
}

/** Picks driver and network: those that are named, and for `auto` the strictest ones that the machine allows. */
export async function chooseDriver(
  wanted: WantedDriver,
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
