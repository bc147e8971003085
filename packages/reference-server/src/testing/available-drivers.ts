import { namespaceObstacle } from "../drivers/namespace/namespace-driver.js";

/** The drivers that this machine can run, so that a spec tests each of them and fails on none that cannot exist. */
export async function availableDrivers(): Promise<readonly ("namespace" | "process")[]> {
  return (await namespaceObstacle("shared")) === undefined ? ["namespace", "process"] : ["process"];
}
