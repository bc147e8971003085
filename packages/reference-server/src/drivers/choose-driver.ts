import { ReferenceServerError } from "../reference-server-error.js";
import { namespaceDriver, namespaceObstacle } from "./namespace-driver.js";
import { processDriver } from "./process-driver.js";
import type { SandboxDriver } from "./sandbox-driver.js";

/** Picks the driver: the named one, or for `auto` namespaces where the machine allows them and processes elsewhere. */
export async function chooseDriver(
  wanted: "auto" | "namespace" | "process",
  options: { readonly stateDirectory: string; readonly runId: string },
): Promise<SandboxDriver> {
  if (wanted === "process") return processDriver(options);
  const obstacle = await namespaceObstacle();
  if (obstacle === undefined) return namespaceDriver(options);
  if (wanted === "namespace") {
    throw new ReferenceServerError("driver-unavailable", `the namespace driver does not work here: ${obstacle}`);
  }
  return processDriver(options);
}
