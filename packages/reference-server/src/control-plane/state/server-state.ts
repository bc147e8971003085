import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { startTimeOf } from "../../shared/process-table.js";

/** What a running server says about itself to the same user's other programs. */
export interface ServerState {
  /** Address of the control plane, `127.0.0.1:<port>`. */
  readonly domain: string;
  /** The key of the lifecycle API. */
  readonly apiKey: string;
  readonly pid: number;
  /** Start time of that process, to recognise a pid that is used again. */
  readonly startTime: string;
}

const FILE = "server.json";

/** The directory of the server's state: `$XDG_STATE_HOME/rxsandbox`, else `~/.local/state/rxsandbox`. */
export function defaultStateDir(): string {
  const base = process.env["XDG_STATE_HOME"];
  return join(base !== undefined && base.startsWith("/") ? base : join(homedir(), ".local", "state"), "rxsandbox");
}

/**
 * Finds the server that runs for this user.
 *
 * Undefined when there is none: no file, a file of a server that is gone, or one that others could have written.
 */
export function readServerState(stateDir: string = defaultStateDir()): ServerState | undefined {
  const path = join(stateDir, FILE);
  try {
    const stat = statSync(path);
    // A file that others can read or own is not the one a server wrote.
    if ((stat.mode & 0o077) !== 0 || (process.getuid !== undefined && stat.uid !== process.getuid())) return undefined;
    const state = JSON.parse(readFileSync(path, "utf8")) as Partial<ServerState>;
    if (typeof state.domain !== "string" || typeof state.apiKey !== "string" || typeof state.pid !== "number")
      return undefined;
    if (typeof state.startTime !== "string" || startTimeOf(state.pid) !== state.startTime) return undefined;
    return { domain: state.domain, apiKey: state.apiKey, pid: state.pid, startTime: state.startTime };
  } catch {
    // Absent or unreadable: there is no server to find.
    return undefined;
  }
}

/** Writes the state file (0600) at once and whole; a live server that is already advertised keeps its place. */
export function writeServerState(stateDir: string, state: { readonly domain: string; readonly apiKey: string }): void {
  const current = readServerState(stateDir);
  if (current !== undefined && current.pid !== process.pid) return;
  const path = join(stateDir, FILE);
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  const text = JSON.stringify({ ...state, pid: process.pid, startTime: startTimeOf(process.pid) ?? "" });
  writeFileSync(temporary, `${text}\n`, { mode: 0o600, flag: "wx" });
  renameSync(temporary, path);
}

/** Removes the state file when it names the server at `domain` of this process. */
export function removeServerState(stateDir: string, domain: string): void {
  const current = readServerState(stateDir);
  if (current?.pid === process.pid && current.domain === domain) rmSync(join(stateDir, FILE), { force: true });
}

/** Makes a directory that only this user can enter, and insists on it. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = statSync(path);
  const isOurs = process.getuid === undefined || stat.uid === process.getuid();
  if (!isOurs || (stat.mode & 0o077) !== 0) throw new Error(`${path} must belong to this user with mode 0700`);
}
