import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";

/**
 * Says which TCP ports of the loopback interface are listened on by given processes.
 *
 * The sandbox shares the network of its host, so a port alone does not tell whose it is: the listening socket must be
 * open in a process of the sandbox. Needs `/proc`; elsewhere no port is owned.
 */
export class ListeningPorts {
  /** Inodes of sockets found in a process of the sandbox; an inode keeps its number while the socket lives. */
  readonly #verified = new Set<string>();

  /** True when every socket that a connection to `127.0.0.1` on `port` may reach is open in one of the processes. */
  isOwned(port: number, members: () => readonly number[]): boolean {
    const inodes = reachedInodes(port);
    if (inodes.length === 0) return false;
    let pids: readonly number[] | undefined;
    return inodes.every((inode) => {
      if (this.#verified.has(inode)) return true;
      pids ??= members();
      if (!pids.some((pid) => hasSocket(pid, inode))) return false;
      if (this.#verified.size >= MAX_VERIFIED) this.#verified.clear();
      this.#verified.add(inode);
      return true;
    });
  }

  /**
   * Connects to a port that {@link isOwned}, and asks again before the connection is used.
   *
   * A process can end at any moment and another one take its port: a socket that was the sandbox's before and after was
   * so in between.
   */
  connect(
    port: number,
    members: () => readonly number[],
    onConnected: (error: Error | null, socket: Socket) => void,
  ): void {
    const socket = connect({ host: "127.0.0.1", port });
    const fail = (error: Error): void => onConnected(error, socket);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      if (this.isOwned(port, members)) return onConnected(null, socket);
      socket.destroy();
      fail(new Error(`port ${port} no longer belongs to the sandbox`));
    });
  }
}

const MAX_VERIFIED = 1024;
const LISTEN = "0A";

/** As `/proc` writes 127.0.0.1 and 0.0.0.0, by themselves and as IPv6 addresses. */
const IPV4 = new Set(["0100007F", "00000000", "0000000000000000FFFF00000100007F", "0000000000000000FFFF000000000000"]);
const ANY_IPV6 = "00000000000000000000000000000000";

/**
 * The listening sockets that the kernel may give a connection to 127.0.0.1.
 *
 * One that listens on `::` gets it only where no IPv4 one does, and never if it takes IPv6 alone, which is not to be
 * seen here.
 */
function reachedInodes(port: number): readonly string[] {
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => readOrEmpty(table).split("\n").slice(1));
  const listening = rows.flatMap((row) => {
    const fields = row.trim().split(/\s+/);
    const [address = "", hexPort = ""] = (fields[1] ?? "").split(":");
    return fields[3] === LISTEN && Number.parseInt(hexPort, 16) === port ? [{ address, inode: fields[9] ?? "" }] : [];
  });
  const reached = listening.filter(({ address }) => IPV4.has(address));
  return (reached.length > 0 ? reached : listening.filter(({ address }) => address === ANY_IPV6)).map(
    ({ inode }) => inode,
  );
}

function hasSocket(pid: number, inode: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some(
      (descriptor) => linkTarget(`${directory}/${descriptor}`) === `socket:[${inode}]`,
    );
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
