import type { ControlGroup } from "./control-groups.js";

/** Open files of one process; also its hard limit. */
const MAX_OPEN_FILES = 16_384;

/**
 * Shell commands that limit the shell and all that it starts: its control group, no core files, a number of open files.
 * When the machine runs out of memory the kernel ends processes of sandboxes before others.
 */
export function limitCommands(group: ControlGroup): readonly string[] {
  return [
    ...group.joinCommands,
    "ulimit -c 0",
    `if [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt ${MAX_OPEN_FILES} ]; then ulimit -n ${MAX_OPEN_FILES}; fi`,
    "{ echo 500 > /proc/self/oom_score_adj; } 2>/dev/null || :",
  ];
}

/** What a sandbox is limited in and what it is not, one sentence each, for the owner of the server. */
export function describeLimits(
  controllers: ReadonlySet<string>,
  hasOwnUsers: boolean,
): { readonly isolates: readonly string[]; readonly doesNotIsolate: readonly string[] } {
  const areProcessesLimited = controllers.has("pids") || hasOwnUsers;
  const named = [
    { what: "processes", isLimited: areProcessesLimited },
    { what: "memory", isLimited: controllers.has("memory") },
    { what: "CPU", isLimited: controllers.has("cpu") },
  ];
  const list = (isLimited: boolean): string =>
    named
      .filter((entry) => entry.isLimited === isLimited)
      .map(({ what }) => what)
      .join(", ");
  return {
    isolates: [
      ...(list(true) === "" ? [] : [`Limits: ${list(true)}, as far as the request or the server's options name them.`]),
      "Limits: no core files, at most 16384 open files per process.",
    ],
    doesNotIsolate:
      list(false) === ""
        ? []
        : [`Limits: ${list(false)} are not limited; this machine lets the server make no control groups for them.`],
  };
}
