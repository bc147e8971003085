import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/**
 * Says which TCP ports of the loopback interface are listened on by given processes.
 *
 * The sandbox shares the network of its host, so a port alone does not tell whose it is: the listening socket must be
 * open in a process of the sandbox. Needs `/proc`; elsewhere no port is owned.
 */
export class ListeningPorts {
  /** Inodes of sockets found in a process of the sandbox; an inode keeps its number while the socket lives. */
  readonly #verified = new Set<string>();

  /** True when one of the processes listens on `port` where `127.0.0.1` reaches it. */
  isOwned(port: number, members: () => readonly number[]): boolean {
    const inodes = listeningInodes(port);
    if (inodes.length === 0) return false;
    if (inodes.some((inode) => this.#verified.has(inode))) return true;
    const owned = inodes.find((inode) => members().some((pid) => hasSocket(pid, inode)));
    if (owned === undefined) return false;
    if (this.#verified.size >= MAX_VERIFIED) this.#verified.clear();
    this.#verified.add(owned);
    return true;
  }
}

const MAX_VERIFIED = 1024;
const LISTEN = "0A";
const REACHABLE = new Set([
  "00000000",
  "0100007F",
  "00000000000000000000000000000000",
  "0000000000000000FFFF00000100007F",
]);

function listeningInodes(port: number): readonly string[] {
  const inodes: string[] = [];
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const row of readOrEmpty(table).split("\n").slice(1)) {
      const fields = row.trim().split(/\s+/);
      const [address = "", hexPort = ""] = (fields[1] ?? "").split(":");
      if (fields[3] !== LISTEN || Number.parseInt(hexPort, 16) !== port || !REACHABLE.has(address)) continue;
      inodes.push(fields[9] ?? "");
    }
  }
  return inodes;
}

function hasSocket(pid: number, inode: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((descriptor) => linkTarget(`${directory}/${descriptor}`) === `socket:[${inode}]`);
  } catch {
    // It ended, or belongs to another user: then it is not shown to be ours.
    return false;
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
