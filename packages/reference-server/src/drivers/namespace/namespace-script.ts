import type { SandboxVolume } from "../sandbox-driver.js";
import { shellQuote } from "../shell-quote.js";
import { volumeSourceCommands, volumeTargetCommands } from "./volume-commands.js";
import { isWithin, MASKED_PATHS, type VisibleHostPath } from "./visible-host-paths.js";

/** Directories of a sandbox as its own processes see them. */
export const NAMESPACE_PATHS = {
  home: "/home/sandbox",
  tmp: "/tmp",
  workspace: "/workspace",
  run: "/run/rxsandbox",
} as const;

/**
 * Capabilities that processes of a sandbox keep within their namespaces. Neither mounting nor tracing is among them:
 * with either of the two a process could take over the init, which can mount.
 */
const KEPT_CAPABILITIES = [
  "chown",
  "dac_override",
  "fowner",
  "fsetid",
  "kill",
  "setgid",
  "setuid",
  "setpcap",
  "net_bind_service",
];

/** Parts of /proc that tell about the whole machine: empty in a sandbox. */
const MASKED_PROC = [
  "acpi",
  "asound",
  "kcore",
  "keys",
  "kmsg",
  "kpagecgroup",
  "kpagecount",
  "kpageflags",
  "latency_stats",
  "sched_debug",
  "scsi",
  "timer_list",
  "timer_stats",
];

/** Parts of /proc through which root changes the whole machine: read-only in a sandbox. */
const READ_ONLY_PROC = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

const CONFINE = `setpriv --no-new-privs --bounding-set=-all,${KEPT_CAPABILITIES.map((name) => `+${name}`).join(",")} --inh-caps=-all`;

/** `SIOCSIFFLAGS` with `IFF_UP` and `IFF_RUNNING`: for machines without a program of that purpose. */
const PERL_LOOPBACK_UP = `perl -e 'socket(S,2,2,0) && ioctl(S,0x8914,pack("a16 s x14","lo",0x41)) or exit 1'`;

/** Shell command that brings the loopback interface of a new network namespace up. */
export const LOOPBACK_UP = `{ { ip link set lo up || ifconfig lo up || ${PERL_LOOPBACK_UP}; } 2>/dev/null || { echo "none of ip, ifconfig and perl brings the loopback interface up" >&2; false; }; }`;

/** What {@link namespaceScript} assembles a sandbox from; all paths are those of the host. */
export interface NamespaceScriptInput {
  /** Empty directory on which the new root is mounted. */
  readonly root: string;
  readonly directories: {
    readonly home: string;
    readonly tmp: string;
    readonly workspace: string;
    readonly run: string;
  };
  /** The sandbox has a network namespace of its own. */
  readonly hasOwnNetwork: boolean;
  /** Commands that limit init and with it the whole sandbox. */
  readonly limitCommands: readonly string[];
  readonly visible: readonly VisibleHostPath[];
  /** Directories that stay empty where a visible path would show them. */
  readonly hidden: readonly string[];
  /** Mount points of the host, for those that lie below a visible path. */
  readonly hostMountPoints: readonly string[];
  readonly volumes: readonly SandboxVolume[];
  readonly workerEnvironment: Readonly<Record<string, string>>;
  readonly nodePath: string;
  readonly workerPath: string;
  readonly entrypoint: readonly string[];
}

/**
 * Renders the program of a sandbox's init: it mounts the sandbox's own root, starts the execd worker on descriptors 3
 * and 4, and then obeys lines on standard input until their end, which is the end of the sandbox.
 *
 * Lines: `seal` (the socket directory becomes read-only), `start` (the main process), `pause`, `resume`. Answers on
 * standard output: `sealed`, `started`, `paused`, `resumed`, `exited <code>`.
 */
export function namespaceScript(input: NamespaceScriptInput): string {
  return [
    "set -eu",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH",
    "umask 022",
    ...input.limitCommands,
    ...(input.hasOwnNetwork ? [LOOPBACK_UP] : []),
    // Held open and gone from the disk: it may hold secrets, and only the main process reads it.
    `exec 5<${shellQuote(`${input.directories.run}/environment`)}; rm ${shellQuote(`${input.directories.run}/environment`)}`,
    ...mountCommands(input),
    "set +e",
    startWorker(input),
    "exec 3<&- 4>&-",
    ...obeyCommands(input),
    "",
  ].join("\n");
}

function mountCommands(input: NamespaceScriptInput): string[] {
  const root = (path: string): string => shellQuote(`${input.root}${path}`);
  const bind = (source: string, target: string): string => `mount --bind ${shellQuote(source)} ${root(target)}`;
  const readOnly = (target: string): string => `mount -o remount,bind,ro ${root(target)}`;
  const { directories } = input;
  const lines = [
    "mount --make-rprivate /",
    `mount -t tmpfs -o mode=755,size=16m rxsandbox ${root("")}`,
    `mkdir -p ${["/proc", "/dev", "/sys", "/var/tmp", "/.host", ...Object.values(NAMESPACE_PATHS)].map(root).join(" ")}`,
    bind(directories.home, NAMESPACE_PATHS.home),
    bind(directories.tmp, NAMESPACE_PATHS.tmp),
    bind(directories.tmp, "/var/tmp"),
    bind(directories.workspace, NAMESPACE_PATHS.workspace),
    bind(directories.run, NAMESPACE_PATHS.run),
    ...procCommands(root),
    ...deviceCommands(root),
  ];
  for (const path of input.visible) {
    if (path.kind === "link") {
      lines.push(`ln -s ${shellQuote(path.target)} ${root(path.path)}`);
      continue;
    }
    lines.push(
      path.isDirectory
        ? `mkdir -p ${root(path.path)}`
        : `mkdir -p ${root(parentOf(path.path))}; : >> ${root(path.path)}`,
    );
    lines.push(`mount --rbind ${shellQuote(path.path)} ${root(path.path)}`, readOnly(path.path));
    for (const below of input.hostMountPoints.filter((point) => point.startsWith(`${path.path}/`))) {
      // A mount that the kernel keeps as it is stays as strict as the user's own rights.
      lines.push(`${readOnly(below)} 2>/dev/null || :`);
    }
  }
  const shown = input.hidden.filter((path) =>
    input.visible.some((seen) => seen.kind === "bind" && isWithin(path, seen.path)),
  );
  for (const path of [...MASKED_PATHS, ...shown]) {
    lines.push(maskCommand(root(path)));
  }
  return [
    ...lines,
    ...volumeSourceCommands(input.volumes, root),
    `pivot_root ${root("")} ${root("/.host")}`,
    "cd /",
    "umount -l /.host",
    "rmdir /.host",
    ...volumeTargetCommands(input.volumes),
    "mount -o remount,bind,ro /",
    "hostname sandbox 2>/dev/null || :",
    `cd ${NAMESPACE_PATHS.workspace}`,
  ];
}

/** Root could otherwise change kernel settings, `core_pattern` for one. `/sys` is not mounted at all. */
function procCommands(root: (path: string) => string): string[] {
  const strict = "nosuid,nodev,noexec";
  return [
    `mount -t proc -o ${strict} proc ${root("/proc")}`,
    ...MASKED_PROC.map((name) => maskCommand(root(`/proc/${name}`))),
    ...READ_ONLY_PROC.map((name) => {
      const path = root(`/proc/${name}`);
      return `if [ -e ${path} ]; then mount --bind ${path} ${path}; mount -o remount,bind,ro,${strict} ${path}; fi`;
    }),
  ];
}

/** Leaves an empty directory or an empty file at `path`, a quoted word, where there is something. */
function maskCommand(path: string): string {
  return `if [ -d ${path} ]; then mount -t tmpfs -o ro,size=0,mode=000 masked ${path}; elif [ -e ${path} ]; then mount --bind /dev/null ${path}; fi`;
}

function deviceCommands(root: (path: string) => string): string[] {
  return [
    `mount -t tmpfs -o mode=755,size=1m,nosuid devices ${root("/dev")}`,
    ...["null", "zero", "full", "random", "urandom", "tty"].map(
      (name) => `: > ${root(`/dev/${name}`)}; mount --bind /dev/${name} ${root(`/dev/${name}`)}`,
    ),
    `mkdir ${root("/dev/pts")} ${root("/dev/shm")}`,
    // Terminals and shared memory are a convenience that an odd kernel may refuse.
    `mount -t devpts -o newinstance,ptmxmode=0666,mode=620 terminals ${root("/dev/pts")} 2>/dev/null || :`,
    `mount -t tmpfs -o mode=1777,nosuid,nodev memory ${root("/dev/shm")} 2>/dev/null || :`,
    `ln -s pts/ptmx ${root("/dev/ptmx")}; ln -s /proc/self/fd ${root("/dev/fd")}`,
    ...["stdin", "stdout", "stderr"].map((name, index) => `ln -s /proc/self/fd/${index} ${root(`/dev/${name}`)}`),
  ];
}

function startWorker(input: NamespaceScriptInput): string {
  const environment = Object.entries(input.workerEnvironment).map(([name, value]) => shellQuote(`${name}=${value}`));
  return `env -i ${environment.join(" ")} ${CONFINE} ${shellQuote(input.nodePath)} ${shellQuote(input.workerPath)} <&3 >&4 3<&- 4>&- 5<&- &`;
}

function obeyCommands(input: NamespaceScriptInput): string[] {
  const main = `env -i ${CONFINE} sh -c '. /dev/fd/5; exec 5<&-; exec "$@"' sh ${input.entrypoint.map(shellQuote).join(" ")}`;
  return [
    "while IFS= read -r line; do",
    '  case "$line" in',
    `  seal) mount -o remount,bind,ro ${NAMESPACE_PATHS.run}; echo sealed ;;`,
    `  start) ( ${main} </dev/null >/dev/null 2>&1; echo "exited $?" ) & exec 5<&-; echo started ;;`,
    "  pause) kill -STOP -1; echo paused ;;",
    "  resume) kill -CONT -1; echo resumed ;;",
    "  esac",
    "done",
  ];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
