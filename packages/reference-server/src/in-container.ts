import { existsSync, readFileSync } from "node:fs";

/** Whether this process runs in a container, where being root is the rule and harms nobody's own files. */
export function isInContainer(): boolean {
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv") || process.env["container"] !== undefined)
    return true;
  try {
    return /docker|containerd|kubepods|lxc|libpod/.test(readFileSync("/proc/1/cgroup", "utf8"));
  } catch {
    // No /proc: no container.
    return false;
  }
}
