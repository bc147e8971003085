import type { SandboxVolume } from "../sandbox-driver.js";
import { shellQuote } from "../shell-quote.js";

/** Where volumes wait, below the new root, until the host is out of reach: no volume may be mounted below `/dev`. */
const WAITING = "/dev/.volumes";

/**
 * Shell commands that mount the volumes aside while the host can still be reached; `root` quotes a path below the new
 * root.
 *
 * A sandbox may exchange a directory of a volume for a link at any moment. So the shell enters the directory, asks the
 * kernel where it is now, and compares what was mounted with it: the working directory cannot be exchanged.
 */
export function volumeSourceCommands(volumes: readonly SandboxVolume[], root: (path: string) => string): string[] {
  return volumes.flatMap((volume, index) => {
    const waiting = root(`${WAITING}/${index}`);
    return [
      `mkdir -p ${waiting}`,
      `{ cd ${shellQuote(volume.hostPath)} && ${isWorkingDirectory(volume.hostPath)}; } 2>/dev/null || ${fail(volume, "its directory was moved or replaced by a link")}`,
      `mount --bind . ${waiting}`,
      `[ ${waiting} -ef . ] || ${fail(volume, "its directory was moved or replaced by a link")}`,
      ...(volume.readOnly ? [`mount -o remount,bind,ro ${waiting}`] : []),
      "cd /",
    ];
  });
}

/**
 * Shell commands that mount the waiting volumes at their mount paths, in the sandbox's root, when nothing else of the
 * host is there.
 *
 * A home that comes from a snapshot may hold links: a mount path that leads through one is refused.
 */
export function volumeTargetCommands(volumes: readonly SandboxVolume[]): string[] {
  if (volumes.length === 0) return [];
  const made = volumes.map((volume) => {
    const path = shellQuote(volume.mountPath);
    const isMade = `{ mkdir -p ${path} && cd ${path} && ${isWorkingDirectory(volume.mountPath)}; } 2>/dev/null`;
    return `${isMade} || ${fail(volume, "its mount path leads through a file, a link or a read-only directory; use another mountPath")}`;
  });
  const mounted = volumes.map((volume, index) => {
    const waiting = `${WAITING}/${index}`;
    return `mount --bind ${waiting} ${shellQuote(volume.mountPath)}; umount ${waiting}; rmdir ${waiting}`;
  });
  return [...made, "cd /", ...mounted, `rmdir ${WAITING}`];
}

/**
 * `env` finds the program `pwd`, which asks the kernel; the shell's own one may remember. The dot keeps a line feed at
 * the end of a name.
 */
function isWorkingDirectory(path: string): string {
  return `[ "$(env pwd -P; echo .)" = ${shellQuote(`${path}\n.`)} ]`;
}

function fail(volume: SandboxVolume, cause: string): string {
  return `{ printf '%s\\n' ${shellQuote(`volume '${volume.name}' was not mounted: ${cause}`)} >&2; exit 1; }`;
}
