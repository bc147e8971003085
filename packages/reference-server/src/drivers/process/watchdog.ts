import { spawn } from "node:child_process";
import { builtFile } from "../execd-worker-path.js";
import { lineChannel } from "../line-channel.js";

const REQUEST_TIMEOUT_MS = 30_000;

/** The server's side of the process driver's watchdog. */
export interface Watchdog {
  /** Follows every process whose environment holds `marker`, and their descendants. */
  track(sandbox: string, marker: string): Promise<void>;
  /** Adds one process by number. */
  addRoot(sandbox: string, pid: number): Promise<void>;
  pause(sandbox: string): Promise<void>;
  resume(sandbox: string): Promise<void>;
  /** Kills all of a sandbox's processes and forgets it. */
  kill(sandbox: string): Promise<void>;
  /** Ends the watchdog, and with it whatever it still follows. */
  close(): Promise<void>;
}

/** Starts the watchdog in a session of its own; the pipe to it is the server's lifeline. */
export function startWatchdog(): Watchdog {
  const child = spawn(process.execPath, [builtFile("#sandbox-watchdog")], {
    cwd: "/",
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const channel = lineChannel(child.stdout, child.stdin);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const ask = async (request: string, sandbox: string, argument = ""): Promise<void> => {
    const done = channel.expect((line) => line === `done ${request} ${sandbox}`, REQUEST_TIMEOUT_MS);
    channel.send(`${request} ${sandbox} ${argument}`);
    await done;
  };
  return {
    track: (sandbox, marker) => ask("track", sandbox, marker),
    addRoot: (sandbox, pid) => ask("root", sandbox, String(pid)),
    pause: (sandbox) => ask("pause", sandbox),
    resume: (sandbox) => ask("resume", sandbox),
    kill: (sandbox) => ask("kill", sandbox),
    close() {
      child.stdin.end();
      return ended;
    },
  };
}
